import { expect, test } from '@playwright/test';
import { launchRun, readRun, uploadDataset } from './pages.ts';

/** From a text of one's own to a steered continuation, through the pages alone. */
test.describe.configure({ mode: 'serial' });

let runId = '';
let featureIndex = -1;

test('adds a dataset and launches a run, which is watched until it has finished', async ({ page }) => {
  await uploadDataset(page, 'journey', 900_000);
  runId = await launchRun(page, { name: 'Journey', dataset: 'journey', nLatents: 512, k: 16, nTokens: 200_000 });
  await expect(page.getByRole('heading', { name: 'Journey' })).toBeVisible();
  await expect(page.getByText('Succeeded')).toBeVisible({ timeout: 8 * 60_000 });
  const run = await readRun(page, runId);
  expect(run.status).toBe('succeeded');
  expect(run.nFeatures).toBe(512);
  expect(run.nLabelled).toBeGreaterThan(400);
  expect(run.evaluation?.l0).toBeGreaterThan(4);
  expect(run.evaluation?.l0).toBeLessThanOrEqual(16);
  expect(run.evaluation?.fvu).toBeLessThan(0.6);
});

test('opens a feature from the list and reads its examples', async ({ page }) => {
  const list = await page.request.get(`/api/runs/${runId}/features?sort=score&order=desc&limit=20`);
  const { features } = await list.json();
  const firing = features.find((feature: { density: number }) => feature.density > 0.0005);
  featureIndex = firing.index;
  await page.goto(`/runs/${runId}/features?sort=score&order=desc`);
  const row = page
    .getByRole('row')
    .filter({ has: page.getByRole('cell', { name: String(featureIndex), exact: true }) });
  await row.getByRole('link').click();
  await page.waitForURL(new RegExp(`/features/${featureIndex}`));
  await expect(page.getByRole('tab', { name: /Top/ })).toBeVisible();
  await page.getByRole('tab', { name: /Near misses/ }).click();
  await expect(page.getByRole('tab', { name: /Near misses/ })).toHaveAttribute('aria-selected', 'true');
});

test('stars a feature, and narrows the list to it and by a range', async ({ page }) => {
  await page.goto(`/runs/${runId}/features/${featureIndex}`);
  await expect(page.getByRole('button', { name: 'Star (s)' })).toBeVisible();
  await page.keyboard.press('s');
  await expect(page.getByRole('button', { name: 'Take the star away (s)' })).toBeVisible();

  await page.goto(`/runs/${runId}/features`);
  await page.getByRole('button', { name: 'Starred' }).click();
  await page.waitForURL(/starred=true/);
  await expect(page.getByText('1 feature', { exact: true })).toBeVisible();
  await expect(page.getByRole('cell', { name: String(featureIndex), exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Clear all' }).click();

  await page.getByRole('button', { name: 'Filters' }).click();
  await page.getByLabel('Lowest score').focus();
  for (let bin = 0; bin < 18; bin++) await page.keyboard.press('ArrowRight');
  await page.waitForURL(/minScore=0\.75/);
  const { total } = await (await page.request.get(`/api/runs/${runId}/features?dead=false&minScore=0.75`)).json();
  const shown = page.getByText(`${total} ${total === 1 ? 'feature' : 'features'}`, { exact: true });
  await expect(shown).toBeVisible();
  await page.reload();
  await expect(page.getByRole('button', { name: 'Filters (1)' })).toBeVisible();
  await expect(shown).toBeVisible();
});

test('shows where the feature fires on a text of one’s own', async ({ page }) => {
  const examples = await page.request.get(`/api/runs/${runId}/features/${featureIndex}/examples?band=top`);
  const [best] = (await examples.json()).examples;
  const text = best.tokens.slice(1, best.peakPosition - best.firstPosition + 1).join('');
  await page.goto(`/runs/${runId}/features/${featureIndex}`);
  await page.getByLabel('Try your own text').fill(text);
  await expect(page.getByText(/Highest activation here/)).toBeVisible();
  await page.getByLabel('Try your own text').fill('');
  await expect(page.getByText(/Highest activation here/)).toBeHidden();
});

for (const mode of ['clamp', 'add'] as const) {
  test(`steers with ${mode} and sees the outputs differ`, async ({ page }) => {
    await page.goto(`/runs/${runId}/features/${featureIndex}`);
    await page.getByRole('link', { name: 'Steer with this feature' }).click();
    await page.waitForURL(/\/steering/);
    await page.getByLabel('Prompt').fill('The king said to his people that');
    await page.getByLabel('Mode').selectOption(mode);
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
    expect(experiment.result.firstDivergence).not.toBeNull();
    await expect(page.getByRole('region', { name: /Steered/ })).toContainText(
      text(experiment.lanes.steered).trim().slice(0, 12),
    );
    await page.reload();
    await expect(page.getByRole('region', { name: /Unsteered/ })).toContainText(
      text(experiment.lanes.baseline).trim().slice(0, 12),
    );
  });
}

test('checks what the model loses without the feature', async ({ page }) => {
  await page.goto(`/runs/${runId}/features/${featureIndex}`);
  await expect(page.getByText(/passes of one text through the model/)).toBeVisible();
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await expect(page.getByText(/no token changed at all, as it must be/)).toBeVisible({ timeout: 3 * 60_000 });
  await expect(page.getByText(/of 8 random features and \d of 8 random directions/)).toBeVisible();
  const { checks } = await (await page.request.get(`/api/runs/${runId}/features/${featureIndex}/causal`)).json();
  expect(checks[0].result.silent).toMatchObject({ mean: 0, largestChange: 0 });
  await expect(page.getByRole('list', { name: 'Tokens that lose most' }).getByRole('listitem').first()).toBeVisible();
  await page.reload();
  await expect(page.getByText(/no token changed at all/)).toBeVisible();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(page.getByText(/Does the model use this feature/)).toBeVisible();
});

test('ranks the features that the model misses most, on the evaluation page', async ({ page }) => {
  await page.goto(`/runs/${runId}/evaluation`);
  await expect(page.getByText('Definitions, version 2')).toBeVisible();
  await expect(page.getByRole('img', { name: /Latents by closest other direction: 512/ })).toBeVisible();
  await page.getByLabel('Features to try').fill('0');
  await expect(page.getByText('A whole number from 1 to 256')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Rank features' })).toBeDisabled();
  await page.getByLabel('Features to try').fill('6');
  await page.getByLabel('Held-out texts').fill('8');
  await page.getByRole('button', { name: 'Rank features' }).click();
  const table = page.getByRole('table', { name: 'Features by what the model loses without them' });
  await expect(table).toBeVisible({ timeout: 3 * 60_000 });
  await expect(table.getByRole('row')).toHaveCount(7);
  const { rankings } = await (await page.request.get(`/api/runs/${runId}/causal`)).json();
  const best = rankings[0].result.features[0].featureIndex;
  await table.getByRole('row').nth(1).getByRole('link').first().click();
  await page.waitForURL(new RegExp(`/features/${best}$`));
});

test('refuses what cannot be trained, at the field, before launch', async ({ page }) => {
  await page.goto('/runs/new');
  await page.getByLabel('k', { exact: true }).fill('100000');
  await expect(page.getByText(/must not exceed|at most/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Launch run' })).toBeDisabled();
});

test('asks each architecture for what it needs and for nothing else', async ({ page }) => {
  const asked = ['k', 'Nested widths', 'L1 coefficient', 'Sparsity loss', 'Target L0', 'L0 coefficient'];
  const needs: [RegExp, string[]][] = [
    [/^TopK/, ['k']],
    [/^BatchTopK/, ['k']],
    [/^Matryoshka/, ['k', 'Nested widths']],
    [/^JumpReLU/, ['Sparsity loss', 'Target L0']],
    [/^Gated/, ['L1 coefficient']],
    [/^Standard/, ['L1 coefficient']],
  ];
  await page.goto('/runs/new');
  const isAsked = async (fields: string[]) => {
    for (const field of asked)
      await expect(page.getByLabel(field, { exact: true })).toHaveCount(fields.includes(field) ? 1 : 0);
  };
  for (const [architecture, fields] of needs) {
    await page.getByRole('radio', { name: architecture }).check();
    await isAsked(fields);
    await expect(page.getByRole('button', { name: 'Launch run' })).toBeEnabled();
  }
  await page.getByRole('radio', { name: /^JumpReLU/ }).check();
  await page.getByLabel('Sparsity loss', { exact: true }).selectOption({ label: 'Count of active latents (step)' });
  await isAsked(['Sparsity loss', 'L0 coefficient']);

  await page.getByRole('radio', { name: /^Matryoshka/ }).check();
  await page.getByLabel('Nested widths', { exact: true }).fill('512, 256');
  await expect(page.getByText(/256 after 512/)).toBeVisible();
  await expect(page.getByText('To launch, correct: Nested widths.')).toBeVisible();

  await page.getByRole('heading', { name: 'Training' }).click();
  await page.getByRole('radio', { name: /^SAELens/ }).check();
  await expect(page.getByLabel('Learning rate', { exact: true })).toHaveValue('0.0003');
  await expect(page.getByLabel('Batch size', { exact: true })).toHaveValue('4096');
});

test('stores a run’s activations, which a second run reuses and the Data page deletes', async ({ page }) => {
  const values = { dataset: 'journey', nLatents: 64, k: 8, nTokens: 50_000, storesActivations: true };
  const first = await launchRun(page, { ...values, name: 'Harvests' });
  await expect(page.getByText(/Activations stored: \d+ harvested, 0 reused/)).toBeVisible({ timeout: 4 * 60_000 });
  await expect(page.getByText('Succeeded')).toBeVisible({ timeout: 4 * 60_000 });
  const { storedActivations } = await readRun(page, first);
  expect(storedActivations?.harvested).toBe(storedActivations?.nShards);

  await launchRun(page, { ...values, name: 'Reuses' });
  const reused = `Activations stored: 0 harvested, ${storedActivations?.nShards} reused`;
  await expect(page.getByText(reused)).toBeVisible({ timeout: 4 * 60_000 });
  await expect(page.getByText('Succeeded')).toBeVisible({ timeout: 4 * 60_000 });

  await page.goto('/data');
  const set = page.getByRole('table', { name: 'Stored activations' }).getByRole('row').filter({ hasText: 'journey' });
  await expect(set).toContainText('Reuses and 1 more');
  await set.getByRole('button', { name: /Delete the activations/ }).click();
  await page.getByRole('button', { name: 'Delete activations' }).click();
  await expect(page.getByText('No activations are stored')).toBeVisible();
});
