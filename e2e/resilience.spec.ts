import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { launchRun, readRun, uploadDataset } from './pages.ts';

/** Kills and reloads in the middle of a run. */
test.describe.configure({ mode: 'serial' });

const dataDirectory = process.env.E2E_DATA_DIRECTORY ?? '';
let runId = '';

function pidOf(name: string): number {
  return JSON.parse(readFileSync(path.join(dataDirectory, 'processes.json'), 'utf8'))[name];
}

test('a run whose worker is killed goes on from its checkpoint', async ({ page }) => {
  await uploadDataset(page, 'resilience', 1_200_000);
  runId = await launchRun(page, {
    name: 'Interrupted',
    dataset: 'resilience',
    nLatents: 1024,
    k: 16,
    nTokens: 600_000,
  });
  const checkpointed = async () =>
    (await readRun(page, runId)).stage === 'train' && (await page.getByRole('tab', { name: 'Events' }).isVisible());
  await expect.poll(checkpointed, { timeout: 3 * 60_000 }).toBe(true);
  await expect.poll(async () => (await readRun(page, runId)).step, { timeout: 3 * 60_000 }).toBeGreaterThan(20);
  const before = pidOf('worker');
  process.kill(before, 'SIGKILL');
  await expect.poll(() => pidOf('worker'), { timeout: 60_000 }).not.toBe(before);
  const stepAtKill = (await readRun(page, runId)).step;
  await expect.poll(async () => (await readRun(page, runId)).step, { timeout: 3 * 60_000 }).toBeGreaterThan(stepAtKill);
});

test('a reload in the middle of a run misses nothing', async ({ page }) => {
  await page.goto(`/runs/${runId}`);
  await expect(page.getByRole('heading', { name: 'Interrupted' })).toBeVisible();
  await page.reload();
  await expect(page.getByText('Succeeded')).toBeVisible({ timeout: 8 * 60_000 });
  const { metrics } = await (await page.request.get(`/api/runs/${runId}/metrics?maxPoints=5000`)).json();
  const steps = metrics.map((point: { step: number }) => point.step);
  expect(new Set(steps).size).toBe(steps.length);
  const run = await readRun(page, runId);
  expect(run.step).toBe(run.nSteps);
  expect(steps.at(-1)).toBe(run.nSteps);
  const widest = Math.max(...steps.slice(1).map((step: number, i: number) => step - steps[i]));
  const usual = steps[1] - steps[0];
  expect(widest).toBeLessThanOrEqual(2 * usual);
});
