import { copyFileSync, cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { modelListSchema } from '@featurescope/contracts';
import { expect, type Page, test } from '@playwright/test';

const fixtures = path.resolve(import.meta.dirname, '../packages/lm/fixtures');
const root = path.join(process.env.E2E_DATA_DIRECTORY ?? '', 'models');

/** Models that lie in the data directory, added and tried from the Models page. */
test.describe.configure({ mode: 'serial' });

test.beforeAll(() => {
  mkdirSync(root, { recursive: true });
  cpSync(path.join(fixtures, 'gqa-tied'), path.join(root, 'small-directory'), { recursive: true });
  copyFileSync(path.join(fixtures, 'gguf/gqa-llama3-float16.gguf'), path.join(root, 'small-file.gguf'));
});

const panelOf = (page: Page, name: string) =>
  page.locator('section', { has: page.getByRole('heading', { name, exact: true, level: 2 }) });

for (const [name, found] of [
  ['small-directory', /small-directory Directory/],
  ['small-file', /small-file\.gguf GGUF file/],
] as const) {
  test(`adds ${name}, and predicts and continues a text with it`, async ({ page }) => {
    await page.goto('/models');
    await page.getByRole('button', { name: 'Add a model' }).click();
    await page.getByRole('list', { name: 'Models found' }).getByRole('button', { name: found }).click();
    const inspection = page.getByRole('region', { name: `What ${name} holds` });
    await expect(inspection.getByText('nothing to download')).toBeVisible();
    await expect(inspection.getByText('Memory when loaded')).toBeVisible();
    await inspection.getByRole('button', { name: 'Add model' }).click();

    const panel = panelOf(page, name);
    await panel.getByText('Try it').click();
    const text = panel.getByLabel(`Text for ${name}`);
    await text.fill('The king said');
    const likeliest = panel.getByRole('table', { name: 'Likeliest next tokens' });
    await expect(likeliest.getByRole('row')).toHaveCount(5);
    await expect(likeliest.getByRole('row').first()).toContainText('%');
    await panel.getByRole('button', { name: /Continue/ }).click();
    await expect(text).toHaveValue(/^The king said.+/s);
    await expect(panel.getByRole('alert')).toHaveCount(0);
  });
}

test('says why a path cannot be added', async ({ page }) => {
  await page.goto('/models');
  await page.getByRole('button', { name: 'Add a model' }).click();
  await page.getByLabel('Path').fill('/etc');
  await page.getByRole('button', { name: 'Look at it' }).click();
  await expect(page.getByRole('main').getByRole('alert')).toContainText('not under the model roots');
});

test('deletes a model after its name was typed, and leaves its files to be added again', async ({ page }) => {
  await page.goto('/models');
  await page.getByRole('button', { name: 'Delete small-directory' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete model' });
  await dialog.getByLabel(/Type/).fill('small-directory');
  await dialog.getByRole('button', { name: 'Delete model' }).click();
  // While it is open, the page behind it is hidden from roles.
  await expect(dialog).toBeHidden();
  await expect(panelOf(page, 'small-directory')).toHaveCount(0);
  const { models } = modelListSchema.parse(await (await page.request.get('/api/models')).json());
  expect(models.map((model) => model.name)).toEqual(['featurescope-tiny', 'small-file']);
  const found = await (await page.request.get('/api/models/found')).json();
  expect(found.found).toContainEqual(expect.objectContaining({ kind: 'directory', name: 'small-directory' }));
});
