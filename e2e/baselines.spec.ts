import { decompositionSchema } from '@featurescope/contracts';
import { expect, test } from '@playwright/test';
import { readRun, uploadDataset } from './pages.ts';

/** Classical baselines through the pages alone: chosen in New run, fitted, read on the run's page, browsed. */
test.describe.configure({ mode: 'serial' });

const positive = [
  'And he said unto them, Go ye',
  'Thou shalt not covet',
  'And it came to pass in those days',
  'The LORD hath spoken unto me',
  'Woe unto thee, for thou hast',
];
const negative = [
  'She looked out of the window and',
  'They walked down the street',
  'The doctor opened the door',
  'I do not know what he wants',
  'We had dinner at his house',
];

test('fits PCA beside the architectures and shows its variance', async ({ page }) => {
  await uploadDataset(page, 'baselines', 300_000);
  await page.goto('/runs/new');
  await page.getByLabel('Dataset').selectOption({ label: 'baselines' });
  await page.getByRole('radio', { name: 'Classical baseline' }).click();
  await expect(page.getByRole('radio', { name: /^PCA/ })).toBeChecked();
  // Only what PCA needs.
  await expect(page.getByLabel('Batch size')).toBeHidden();
  await expect(page.getByLabel('Positive examples', { exact: true })).toBeHidden();
  const launch = page.getByRole('button', { name: 'Launch run' });
  await page.getByLabel('Components', { exact: true }).fill('8');
  await page.getByLabel('Largest kept').fill('9');
  await expect(page.getByText('k is 9; it must not exceed the 8 components')).toBeVisible();
  await expect(launch).toBeDisabled();
  await page.getByLabel('Largest kept').fill('');
  await page.getByLabel('Name', { exact: true }).fill('Principal');
  await page.getByLabel('Tokens', { exact: true }).fill('20k');
  // Stages under a second are not listed, and fitting can be one; training is none of them.
  const estimate = page.getByLabel('Estimate');
  await expect(estimate).not.toContainText('Training');
  await expect(estimate).toContainText('Indexing features');
  await expect(estimate).not.toContainText('Steps');
  await launch.click();
  await page.waitForURL(/\/runs\/[0-9a-f-]{36}$/);
  const runId = page.url().split('/').at(-1) as string;
  await expect(page.getByText('Succeeded')).toBeVisible({ timeout: 8 * 60_000 });
  await expect(page.getByRole('img', { name: /Variance explained by the first components/ })).toBeVisible();
  const run = await readRun(page, runId);
  expect(run).toMatchObject({ origin: 'fitted', architecture: 'pca', nLatents: 16, nFeatures: 16, nSteps: null });
  expect(run.evaluation?.l0).toBeCloseTo(8, 2);
  const { result } = decompositionSchema.parse(
    await (await page.request.get(`/api/runs/${runId}/decomposition`)).json(),
  );
  const kept = result?.kind === 'pca' ? result.varianceShares.slice(0, 8).reduce((sum, share) => sum + share, 0) : 0;
  await expect(page.getByText(`The 8 components hold ${(100 * kept).toPrecision(3)}%`)).toBeVisible();
  await page.goto(`/runs/${runId}/features/0`);
  await expect(page.getByRole('tab', { name: /Top/ })).toBeVisible();
});

test('finds a concept from examples and tests it on an output', async ({ page }) => {
  await page.goto('/runs/new');
  await page.getByLabel('Dataset').selectOption({ label: 'baselines' });
  await page.getByRole('radio', { name: 'Classical baseline' }).click();
  await page.getByRole('radio', { name: /^CAV/ }).check();
  await page.getByLabel('Positive examples', { exact: true }).fill(positive.slice(0, 3).join('\n'));
  await page.getByLabel('Negative examples', { exact: true }).fill(negative.join('\n'));
  await expect(page.getByText('At least 4 texts are needed, one a line.')).toBeVisible();
  await page.getByLabel('Positive examples', { exact: true }).fill(positive.join('\n'));
  await page.getByRole('checkbox', { name: /TCAV/ }).check();
  await page.getByLabel('Inputs', { exact: true }).fill(positive.join('\n'));
  await page.getByLabel('Words', { exact: true }).fill('thou, unto');
  await page.getByLabel('Repeats', { exact: true }).fill('5');
  await page.getByLabel('Name', { exact: true }).fill('Old books');
  await page.getByLabel('Tokens', { exact: true }).fill('5000');
  await page.getByRole('button', { name: 'Launch run' }).click();
  await page.waitForURL(/\/runs\/[0-9a-f-]{36}$/);
  const runId = page.url().split('/').at(-1) as string;
  await expect(page.getByText('Succeeded')).toBeVisible({ timeout: 8 * 60_000 });
  const { result } = decompositionSchema.parse(
    await (await page.request.get(`/api/runs/${runId}/decomposition`)).json(),
  );
  if (result?.kind !== 'cav' || !result.tcav) throw new Error('There is no TCAV');
  await expect(page.getByText(new RegExp(`${result.heldOut.nPositiveRight} of 5 positive`))).toBeVisible();
  const rights = Math.round(result.tcav.score * positive.length);
  await expect(page.getByText(`${rights} of ${positive.length} inputs.`)).toBeVisible();
  await expect(page.getByRole('table', { name: 'Inputs' }).getByRole('row')).toHaveCount(positive.length + 1);
  // The same again is the same form.
  await page.goto(`/runs/new?from=${runId}`);
  await expect(page.getByLabel('Positive examples', { exact: true })).toHaveValue(positive.join('\n'));
  await expect(page.getByLabel('Words', { exact: true })).toHaveValue('thou, unto');
});
