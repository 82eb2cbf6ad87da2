import { cpSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { readRun, uploadDataset } from './pages.ts';

/** From somebody else's dictionary, made by SAELens, to a steered continuation, through the pages alone. */
test.describe.configure({ mode: 'serial' });

const fixture = fileURLToPath(new URL('../packages/sae/fixtures/sae-lens-topk', import.meta.url));
const dataDirectory = process.env.E2E_DATA_DIRECTORY ?? '';
let runId = '';
let featureIndex = -1;

test('inspects a directory made by SAELens and imports it as a run', async ({ page }) => {
  cpSync(fixture, path.join(dataDirectory, 'dictionaries', 'sae-lens-topk'), { recursive: true });
  await uploadDataset(page, 'imported', 300_000);
  await page.goto('/');
  await page.getByRole('link', { name: 'Import an SAE' }).click();
  await page.getByLabel('Found there').selectOption('sae-lens-topk');
  const inspection = page.getByRole('complementary', { name: 'Inspection' });
  await expect(inspection).toContainText('It fits');
  await expect(inspection).toContainText('topk, k 8');
  await expect(page.getByLabel('Hook point')).toHaveValue('blocks.2.hook_resid_post');
  await page.getByLabel('Dataset').selectOption({ label: 'imported' });
  await page.getByLabel('Name', { exact: true }).fill('From SAELens');
  await page.getByRole('button', { name: 'Import and index' }).click();
  await page.waitForURL(/\/runs\/[0-9a-f-]{36}$/);
  runId = page.url().split('/').at(-1) as string;
  await expect(page.getByRole('heading', { name: 'From SAELens' })).toBeVisible();
  await expect(page.getByText('It was trained elsewhere')).toBeVisible();
  await expect(page.getByText('Succeeded')).toBeVisible({ timeout: 5 * 60_000 });
  const run = await readRun(page, runId);
  expect(run).toMatchObject({ origin: 'imported', status: 'succeeded', nFeatures: 128, nTokens: null });
  expect(run.evaluation?.l0).toBeCloseTo(8, 0);
  // 128 latents explain a good half of what happens there; an untrained dictionary explains nothing.
  expect(run.evaluation?.fvu).toBeLessThan(0.6);
  expect(run.nLabelled).toBeGreaterThan(60);
});

test('browses its features and steers with one', async ({ page }) => {
  const list = await page.request.get(`/api/runs/${runId}/features?sort=score&order=desc&limit=5`);
  featureIndex = (await list.json()).features[0].index;
  await page.goto(`/runs/${runId}/features/${featureIndex}`);
  await expect(page.getByRole('tab', { name: /Top/ })).toBeVisible();
  await page.getByRole('link', { name: 'Steer with this feature' }).click();
  await page.waitForURL(/\/steering/);
  await page.getByLabel('Prompt').fill('The king said to his people that');
  await page.getByLabel('Mode').selectOption('add');
  await page.getByLabel('Strength', { exact: true }).fill('4');
  await page.getByRole('button', { name: /Run steering/ }).click();
  await page.waitForURL(/\/steering\/[0-9a-f-]{36}/);
  const id = page.url().split('/').at(-1);
  await expect
    .poll(async () => (await (await page.request.get(`/api/steering/${id}`)).json()).status, { timeout: 60_000 })
    .toBe('succeeded');
  const experiment = await (await page.request.get(`/api/steering/${id}`)).json();
  const text = (lane: { text: string }[]) => lane.map((token) => token.text).join('');
  expect(text(experiment.lanes.steered)).not.toBe(text(experiment.lanes.baseline));
});

test('downloads it as a bundle', async ({ page }) => {
  await page.goto(`/runs/${runId}`);
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Bundle' }).click();
  expect((await download).suggestedFilename()).toBe('From-SAELens.tar');
  expect(await (await download).failure()).toBeNull();
});

test('uploaded files that do not fit are explained before anything is imported', async ({ page }) => {
  await page.goto('/runs/import');
  await page.getByRole('radio', { name: 'Upload' }).click();
  await page.getByLabel('Files of a dictionary').setInputFiles({
    name: 'ae.pt',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from('a pickle'),
  });
  await expect(page.getByRole('alert').filter({ hasText: 'Not taken' })).toContainText('ae.pt is a Python pickle');
  await expect(page.getByRole('button', { name: 'Import and index' })).toBeDisabled();
  await page
    .getByLabel('Files of a dictionary')
    .setInputFiles([path.join(fixture, 'cfg.json'), path.join(fixture, 'sae_weights.safetensors')]);
  await expect(page.getByRole('complementary', { name: 'Inspection' })).toContainText('It fits');
});
