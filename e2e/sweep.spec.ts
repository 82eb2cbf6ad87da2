import { sweepSchema } from '@featurescope/contracts';
import { expect, test } from '@playwright/test';
import { uploadDataset } from './pages.ts';

/** Two dictionaries on one pass over the model, launched, watched and compared through the pages alone. */
test('launches a sweep and compares its runs', async ({ page }) => {
  await uploadDataset(page, 'sweep', 400_000);
  await page.goto('/runs/new');
  await page.getByLabel('Dataset').selectOption({ label: 'sweep' });
  await page.getByLabel('Latents', { exact: true }).fill('256');
  await page.getByRole('checkbox', { name: /^Sweep/ }).check();
  const launch = page.getByRole('button', { name: /^Launch/ });
  await page.getByLabel('k', { exact: true }).fill('8, 300');
  await expect(page.getByText('300: k is 300; it must not exceed nLatents (256)')).toBeVisible();
  await expect(launch).toBeDisabled();
  await page.getByLabel('k', { exact: true }).fill('8, 24');
  await page.getByRole('heading', { name: 'Training' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Sparsities');
  await page.getByLabel('Tokens', { exact: true }).fill('60k');
  const variants = page.getByRole('table', { name: 'Runs of the sweep' });
  await expect(variants.getByRole('row')).toHaveCount(3);
  await expect(variants).toContainText('Sparsities · 256 latents, TopK, k 24');
  await expect(page.getByLabel('Estimate')).toContainText('Each by itself');
  await page.getByText('The same from a terminal').click();
  await expect(page.getByText('/api/sweeps')).toBeVisible();

  await expect(launch).toHaveText('Launch 2 runs');
  await launch.click();
  await page.waitForURL(/\/sweeps\/[0-9a-f-]{36}$/);
  await expect(page.getByText('Succeeded')).toHaveCount(2, { timeout: 8 * 60_000 });
  await expect(page.getByText('On held-out text', { exact: true })).toBeVisible();
  const sweepId = page.url().split('/').at(-1);
  const { runs } = sweepSchema.parse(await (await page.request.get(`/api/sweeps/${sweepId}`)).json());
  const [sparse, dense] = runs;
  expect([sparse.k, dense.k]).toEqual([8, 24]);
  expect(dense.evaluation?.fvu).toBeLessThan(sparse.evaluation?.fvu ?? 0);

  // Of the two points the left one is the sparser run.
  await page
    .getByRole('img', { name: /L0 against FVU: 2 of 2 runs/ })
    .locator('circle')
    .first()
    .click();
  await page.waitForURL(new RegExp(`/runs/${sparse.id}`));
  await expect(page.getByRole('heading', { name: sparse.name })).toBeVisible();
  await page.getByRole('link', { name: 'Compare with its sweep' }).click();
  await page.waitForURL(/\/sweeps\//);
  await expect(page.getByRole('link', { name: dense.name })).toBeVisible();
});

test('sweeps over several architectures, each with its own fields, and tells them apart', async ({ page }) => {
  await page.goto('/runs/new');
  await page.getByLabel('Dataset').selectOption({ label: 'sweep' });
  await page.getByLabel('Latents', { exact: true }).fill('64');
  await page.getByRole('checkbox', { name: /^Sweep/ }).check();
  await page.getByLabel('k', { exact: true }).fill('8');
  const launch = page.getByRole('button', { name: /^Launch/ });
  await page.getByRole('checkbox', { name: /^TopK/ }).uncheck();
  await expect(page.getByText('Choose an architecture, or several.')).toBeVisible();
  await expect(launch).toBeDisabled();
  await page.getByRole('checkbox', { name: /^TopK/ }).check();
  await expect(page.getByLabel('Target L0', { exact: true })).toBeHidden();
  await page.getByRole('checkbox', { name: /^JumpReLU/ }).check();
  await page.getByLabel('Target L0', { exact: true }).fill('8');
  await page.getByRole('heading', { name: 'Training' }).click();
  await page.getByLabel('Tokens', { exact: true }).fill('50k');
  await expect(page.getByRole('table', { name: 'Runs of the sweep' })).toContainText('JumpReLU, target L0 8');

  await expect(launch).toHaveText('Launch 2 runs');
  await launch.click();
  await page.waitForURL(/\/sweeps\/[0-9a-f-]{36}$/);
  await expect(page.getByText('Succeeded')).toHaveCount(2, { timeout: 8 * 60_000 });
  const sweepId = page.url().split('/').at(-1);
  const { runs } = sweepSchema.parse(await (await page.request.get(`/api/sweeps/${sweepId}`)).json());
  expect(
    runs.map(({ architecture, k, architectureOptions, learningRate }) => [
      architecture,
      k,
      architectureOptions,
      learningRate,
    ]),
  ).toEqual([
    ['topk', 8, {}, 0.003],
    ['jumprelu', null, { sparsityLoss: 'quadratic', targetL0: 8 }, 0.003],
  ]);
  await expect(page.getByRole('list', { name: 'Shapes' })).toContainText('JumpReLU');
  const chart = page.getByRole('img', { name: /2 of 2 runs/ });
  await expect(chart.locator('circle')).toHaveCount(1);
  const jumpRelu = page.getByRole('row').filter({ hasText: runs[1].name });
  await expect(jumpRelu).toContainText('JumpReLU, target L0 8');
  await jumpRelu.getByRole('link').first().click();
  await page.waitForURL(new RegExp(`/runs/${runs[1].id}`));
  await page.getByRole('tab', { name: 'Configuration' }).click();
  await expect(page.getByText('featurescope: what works best here')).toBeVisible();
  await page.getByRole('link', { name: 'New run from this' }).click();
  await expect(page.getByRole('radio', { name: /^JumpReLU/ })).toBeChecked();
  await expect(page.getByLabel('Target L0', { exact: true })).toHaveValue('8');
});
