import { expect, type Page, test } from '@playwright/test';
import { launchRun, readRun, uploadDataset } from './pages.ts';

/** Two sizes are trained through the pages, compared, laddered and checked; features are opened from every list. */
test('compares two dictionaries and checks the health of one', async ({ page }) => {
  test.setTimeout(15 * 60_000);
  await uploadDataset(page, 'compare', 300_000);
  const values = { dataset: 'compare', k: 8, nTokens: 40_000 };
  const small = await launchRun(page, { ...values, name: 'Small one', nLatents: 128 });
  const large = await launchRun(page, { ...values, name: 'Large one', nLatents: 256 });
  for (const id of [small, large]) await finishes(page, id);

  await page.goto('/');
  await page.getByRole('link', { name: 'Compare', exact: true }).click();
  await page.getByLabel('First', { exact: true }).selectOption(small);
  await page.getByLabel('Second', { exact: true }).selectOption(large);
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  await page.waitForURL(/\/compare\/[0-9a-f-]{36}$/);
  const shares = page.getByRole('table', { name: 'Share of features matched' });
  await expect(shares).toContainText('cosine 0.7', { timeout: 120_000 });
  await expect(shares.getByRole('row').nth(1)).toContainText(/\d%.*\d%/);
  await expect(page.getByRole('img', { name: /Pairs by cosine: 128 found/ })).toBeVisible();
  await page.getByRole('tab', { name: /^Lost/ }).click();
  await expect(page).toHaveURL(/list=lost/);
  await page.getByRole('tab', { name: /^New/ }).click();
  const first = page.getByRole('table', { name: 'New' }).getByRole('link').first();
  await first.click();
  await page.waitForURL(new RegExp(`/runs/${large}/features/\\d+$`));
  await page.goBack();
  await expect(page).toHaveURL(/list=new/);

  await page.goto('/compare');
  for (const name of ['Small one', 'Large one'])
    await page.getByRole('checkbox', { name: new RegExp(`^${name}`) }).check();
  await page.getByRole('button', { name: 'Build the ladder' }).click();
  await page.waitForURL(/\/compare\/ladder\?runs=/);
  await expect(page.getByText(/128 → 256:/)).toBeVisible({ timeout: 120_000 });
  await page.getByRole('radio', { name: 'All' }).click();
  await page.getByRole('list', { name: 'Features and what they went into' }).getByRole('link').first().click();
  await page.waitForURL(new RegExp(`/runs/${small}/features/\\d+$`));
  await page.getByRole('button', { name: 'Show the neurons' }).click();
  await page.getByRole('table', { name: 'Neurons of this feature' }).getByRole('link').first().click();
  await page.waitForURL(/\/neurons\/\d+$/);
  await expect(page.getByRole('table', { name: 'Features of this neuron' }).getByRole('link').first()).toBeVisible();

  await page.goto(`/runs/${small}/health`);
  await page.getByRole('button', { name: 'Check the features' }).click();
  await expect(page.getByRole('img', { name: /^L0: .* tokens, mean/ })).toBeVisible({ timeout: 240_000 });
  await expect(page.getByRole('table', { name: 'Kinds of document' })).toBeVisible();
  await expect(page.getByRole('list', { name: 'Pairs that fire together' }).getByRole('link').first()).toBeVisible();

  await page.getByRole('button', { name: 'Look for absorption' }).click();
  await page.waitForURL(/\/health\/[0-9a-f-]{36}$/);
  await expect(page.getByRole('heading', { name: 'Words that begin with s' })).toBeVisible();
  await expect(page.getByText(/tokens of the vocabulary have the concept/)).toBeVisible({ timeout: 120_000 });
});

async function finishes(page: Page, id: string): Promise<void> {
  await expect
    .poll(async () => (await readRun(page, id)).status, { timeout: 8 * 60_000, intervals: [1000] })
    .toBe('succeeded');
}
