import { runRecoverySchema, truthListSchema } from '@featurescope/contracts';
import { expect, test } from '@playwright/test';
import { readRun } from './pages.ts';

/** A run on synthetic data, launched and read through the pages alone: what it found is compared with the truth. */
test('trains on synthetic data and shows how much of the truth was found', async ({ page }) => {
  await page.goto('/runs/new');
  await page.getByRole('radio', { name: 'Synthetic data' }).click();
  const launch = page.getByRole('button', { name: /^Launch/ });
  await expect(page.getByRole('heading', { name: 'What the samples are made of' })).toBeVisible();
  await expect(page.getByLabel('Dataset')).toHaveCount(0);
  await expect(page.getByRole('checkbox', { name: /^Sweep/ })).toBeHidden();

  // The benchmark's values, and back to the small world.
  await page.getByRole('button', { name: /^512 truths in 256 dimensions/ }).click();
  await expect(page.getByLabel('Probability', { exact: true })).toHaveValue('0.02');
  await expect(page.getByLabel('Latents', { exact: true })).toHaveValue('512');
  await page.getByRole('button', { name: /^8 truths in 4 dimensions/ }).click();
  await expect(page.getByLabel('Training samples', { exact: true })).toHaveValue('5000');

  await page.getByLabel('At most').fill('9');
  await expect(page.getByText('max is 9; there are only 8 truths')).toBeVisible();
  await expect(launch).toBeDisabled();
  await page.getByLabel('At most').fill('2');
  await page.getByLabel('Truths', { exact: true }).fill('12');
  await page.getByLabel('Dimensions').fill('12');
  await page.getByLabel('Latents', { exact: true }).fill('16');
  await page.getByLabel('k', { exact: true }).fill('2');
  await page.getByRole('heading', { name: 'Training' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Twelve truths');
  await page.getByLabel('Samples', { exact: true }).fill('200k');
  await expect(page.getByLabel('Estimate')).toContainText('Samples');
  await launch.click();
  await page.waitForURL(/\/runs\/[0-9a-f-]{36}$/);
  const runId = page.url().split('/').at(-1) as string;

  await expect(page.getByText('Synthetic data · 12 truths in 12 dimensions')).toBeVisible();
  await expect(page.getByRole('tab', { name: 'Try a text' })).toHaveCount(0);
  await page.getByRole('tab', { name: 'Ground truth' }).click();
  await expect(page.getByText('Succeeded')).toBeVisible({ timeout: 5 * 60_000 });
  const recovery = runRecoverySchema.parse(await (await page.request.get(`/api/runs/${runId}/recovery`)).json());
  if (recovery.summary === null) throw new Error('the run has no recovery');
  const { trained, untrained, random } = recovery.summary;
  expect(trained.recovery).toBeGreaterThan(0.9);
  expect(random.recovery).toBeLessThan(trained.recovery - 0.2);
  expect((await readRun(page, runId)).evaluation?.ceRecoveredMean).toBeNull();

  const beside = page.getByRole('table', { name: 'Recovery beside chance' });
  const shown = beside.getByRole('row').filter({ hasText: 'Recovery' });
  for (const { recovery: value } of [trained, untrained, random]) await expect(shown).toContainText(value.toFixed(3));
  await expect(page.getByRole('img', { name: 'Cosines of 12 truths with 16 latents' })).toBeVisible();
  const { truths } = truthListSchema.parse(await (await page.request.get(`/api/runs/${runId}/truths`)).json());
  const [best] = truths;
  const table = page.getByRole('table', { name: 'Truths' });
  await expect(table.getByRole('row')).toHaveCount(13);
  await table.getByRole('link', { name: String(best.latent), exact: true }).click();

  await page.waitForURL(`/runs/${runId}/features/${best.latent}`);
  await expect(page.getByRole('heading', { name: `Feature ${best.latent}: truth ${best.index}` })).toBeVisible();
  await expect(page.getByText(`Truth ${best.index} is matched with this latent.`)).toBeVisible();
  const samples = page.getByRole('list', { name: 'Strongest samples' });
  await expect(samples.getByRole('listitem').first()).toContainText(String(best.index));
  await expect(page.getByText('Steer with this feature')).toHaveCount(0);

  // The features, and a new run from this one.
  await page.goto(`/runs/${runId}/features`);
  await expect(
    page
      .getByRole('row')
      .filter({ hasText: `truth ${best.index}` })
      .first(),
  ).toBeVisible();
  await page.goto(`/runs/new?from=${runId}`);
  await expect(page.getByLabel('Truths', { exact: true })).toHaveValue('12');
  await expect(page.getByLabel('Latents', { exact: true })).toHaveValue('16');
});

/** A page of the Lab, and the same classifier decomposed by a run. */
test('trains what a page of the Lab shows as a run, and says how pure its features are', async ({ page }) => {
  await page.goto('/lab/disentangler?seed=3');
  await page.getByRole('link', { name: 'Train this as a run' }).click();
  await page.waitForURL(/\/runs\/new\?source=synthetic/);
  await expect(page.getByLabel('Hidden units', { exact: true })).toHaveValue('16');
  await expect(page.getByLabel('Seed of the data')).toHaveValue('3');
  await expect(page.getByLabel('Latents', { exact: true })).toHaveValue('64');
  await page.getByLabel('Hidden units', { exact: true }).fill('1');
  await expect(page.getByText('Must be at least 2.')).toBeVisible();
  await page.getByLabel('Hidden units', { exact: true }).fill('16');
  await page.getByRole('heading', { name: 'Training' }).click();
  await expect(page.getByLabel('Directions at the start')).toHaveValue('dataPoints');
  await page.getByRole('button', { name: /^Launch/ }).click();
  await page.waitForURL(/\/runs\/[0-9a-f-]{36}$/);
  const runId = page.url().split('/').at(-1) as string;

  await expect(page.getByText('Synthetic data · 8 classes in 16 hidden units').first()).toBeVisible();
  await page.getByRole('tab', { name: 'Ground truth' }).click();
  await expect(page.getByText('Succeeded')).toBeVisible({ timeout: 5 * 60_000 });
  const recovery = runRecoverySchema.parse(await (await page.request.get(`/api/runs/${runId}/recovery`)).json());
  const purity = recovery.summary?.trained.classPurity;
  if (!purity) throw new Error('the run has no class purity');
  expect(purity.nClassesFound).toBe(8);
  expect(purity.worstPurity).toBeGreaterThan(0.98);
  const shown = page.getByRole('table', { name: 'Recovery beside chance' }).getByRole('row');
  await expect(shown.filter({ hasText: 'Class purity, worst' })).toContainText(purity.worstPurity.toFixed(3));
  await expect(shown.filter({ hasText: 'Classes found' })).toContainText('8');

  const { truths } = truthListSchema.parse(await (await page.request.get(`/api/runs/${runId}/truths`)).json());
  await page.goto(`/runs/${runId}/features/${truths[0].latent}`);
  await expect(page.getByText(`Class purity, class ${truths[0].index}`)).toBeVisible();
});
