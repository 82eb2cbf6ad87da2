import { expect, type Locator, type Page, test } from '@playwright/test';

/** The Lab's pages: everything is trained in this browser, and read off the page. */

/** The experiment as the address says has been trained to its end. */
async function trained(page: Page): Promise<void> {
  await expect(page.getByTestId('training-state')).toContainText('Trained', { timeout: 120_000 });
}

/** Moves a slider by keys, and waits until what was trained before it has gone. */
async function move(
  page: Page,
  slider: string,
  key: 'Home' | 'End' | 'ArrowRight' | 'ArrowLeft',
  times = 1,
): Promise<void> {
  const thumb = page.getByRole('slider', { name: slider, exact: true });
  await thumb.focus();
  for (let i = 0; i < times; i++) await page.keyboard.press(key);
}

/** The value under a figure's name. */
const figure = (within: Page | Locator, name: string): Locator =>
  within.locator('dt', { hasText: new RegExp(`^${name}$`) }).locator('xpath=following-sibling::dd[1]');

async function numberOf(within: Page | Locator, name: string): Promise<number> {
  const text = (await figure(within, name).textContent()) ?? '';
  return Number(text.replace('−', '-').replace('%', ''));
}

let requests: string[] = [];
test.beforeEach(async ({ page }) => {
  requests = [];
  page.on('request', (request) => requests.push(request.url()));
});

test('the Lab is one click away and its code is on no other page', async ({ page }) => {
  await page.goto('/glossary');
  await page.getByRole('link', { name: 'Lab' }).click();
  await page.waitForURL(/\/lab$/);
  await expect(page.getByRole('heading', { name: 'Lab', level: 1 })).toBeVisible();
  expect(requests.filter((url) => /lab-worker|wasm/.test(url))).toEqual([]);
  await page
    .getByRole('main')
    .getByRole('link', { name: /Superposition/ })
    .click();
  await expect(page.getByRole('heading', { name: /Superposition/, level: 1 })).toBeVisible();
  await trained(page);
});

test('superposition: ReLU packs five features into a plane, a linear output keeps two', async ({ page }) => {
  await page.goto('/lab/superposition?n=5&m=2&sparsity=0.9&importance=0.9&output=relu&seed=0');
  await trained(page);
  await expect(figure(page, 'Features kept')).toHaveText('5 of 5');
  await page.getByRole('radio', { name: 'Linear output' }).click();
  await trained(page);
  await expect(figure(page, 'Features kept')).toHaveText('2 of 5');
  expect(await numberOf(page, 'Dimensions per feature')).toBeCloseTo(1, 1);
  await page.getByRole('radio', { name: 'ReLU output' }).click();
  await move(page, 'Sparsity', 'Home');
  await expect(page.getByRole('slider', { name: 'Sparsity' })).toHaveAttribute('aria-valuetext', 'active in 100%');
  // Features that are always there are dropped, not shared.
  await trained(page);
  await expect(figure(page, 'Features kept')).toHaveText('2 of 5');
  await page.waitForURL(/sparsity=0&.*output=relu/);
  await expect(page.getByText('trained here')).toBeVisible({ timeout: 120_000 });
});

test('superposition: an address restores everything, and New run gets the same settings', async ({ page }) => {
  await page.goto('/lab/superposition?n=8&m=3&sparsity=0.9&importance=1&output=relu&seed=3');
  await trained(page);
  const kept = await figure(page, 'Features kept').textContent();
  const loss = await figure(page, 'Loss').textContent();
  await page.reload();
  await trained(page);
  expect(await figure(page, 'Features kept').textContent()).toBe(kept);
  expect(await figure(page, 'Loss').textContent()).toBe(loss);
  const href = await page.getByRole('link', { name: 'Train this as a run' }).getAttribute('href');
  const query = new URLSearchParams(href?.split('?')[1]);
  expect(query.get('source')).toBe('synthetic');
  expect(query.get('generator.nTruths')).toBe('8');
  expect(query.get('generator.dModel')).toBe('3');
});

test('geometry: a pentagon, a triangle, a tetrahedron', async ({ page }) => {
  await page.goto('/lab/geometry');
  await trained(page);
  await expect(figure(page, 'Shapes')).toHaveText('1 pentagon');
  expect(await numberOf(page, 'Mean share')).toBeCloseTo(0.4, 1);
  for (const [button, shape, share] of [
    ['Triangle', '1 triangle', 2 / 3],
    ['Tetrahedron', '1 tetrahedron', 3 / 4],
    ['Digon', '1 digon', 1 / 2],
  ] as const) {
    await page.getByRole('button', { name: button }).click();
    await trained(page);
    await expect(figure(page, 'Shapes')).toHaveText(shape);
    expect(await numberOf(page, 'Mean share')).toBeCloseTo(share, 1);
  }
  await move(page, 'Features', 'ArrowRight');
  await page.waitForURL(/n=3&m=1/);
  await trained(page);
  await expect(figure(page, 'Features kept')).toContainText('of 3');
});

test('recovery: L1 shrinks what it finds, and more of it makes it sparser', async ({ page }) => {
  await page.goto('/lab/recovery?seed=100&k=3&l1=0.1');
  await trained(page);
  await expect(page.getByText(/In this browser, (plain JavaScript|WebAssembly|WebGL)/).first()).toBeVisible();
  const topk = page.getByLabel('Figures of TopK');
  const l1 = page.getByLabel('Figures of ReLU + L1');
  expect(await numberOf(topk, 'L0')).toBeCloseTo(3, 1);
  const dense = await numberOf(l1, 'L0');
  await move(page, 'L1 coefficient', 'End');
  await page.waitForURL(/l1=3&/);
  await trained(page);
  expect(await numberOf(l1, 'L0')).toBeLessThan(dense);
  const lane = page.locator('section', { has: page.getByRole('heading', { name: 'ReLU + L1' }) });
  const kept = await lane.locator('strong').last().textContent();
  expect(Number(kept?.replace('%', ''))).toBeLessThan(70);

  // Corners: with a small budget the diamond leaves one activation at exactly 0, the circle none.
  await expect(page.getByTestId('best-l1')).toContainText('one is exactly 0');
  await expect(page.getByTestId('best-l2')).toContainText('both are active');
  await move(page, 'Budget', 'End');
  await expect(page.getByTestId('best-l1')).toContainText('both are active');

  await page.getByRole('button', { name: 'Gated' }).click();
  await page.waitForURL(/architectures=topk%2Cstandard%2Cgated/);
  await expect(page.getByLabel('Figures of Gated')).toBeVisible();
  await trained(page);
});

test('disentangler: pure features at one active latent, stripes with L1', async ({ page }) => {
  await page.goto('/lab/disentangler?seed=200');
  await trained(page);
  expect(await numberOf(page, 'L0')).toBeLessThanOrEqual(1.05);
  expect(await numberOf(page, 'FVU')).toBeLessThanOrEqual(0.025);
  expect(await numberOf(page, 'Class purity')).toBeGreaterThanOrEqual(99);
  await expect(figure(page, 'Classes found')).toHaveText('8 of 8');
  await expect(page.getByRole('list', { name: 'Neurons' }).getByRole('listitem')).toHaveCount(16);

  await move(page, 'k', 'ArrowRight', 5);
  await page.waitForURL(/k=6&/);
  await trained(page);
  expect(await numberOf(page, 'L0')).toBeCloseTo(6, 0);

  await page.getByRole('radio', { name: 'ReLU + L1' }).click();
  await page.waitForURL(/architecture=standard/);
  await trained(page);
  expect(await numberOf(page, 'L0')).toBeGreaterThan(8);
  expect(await numberOf(page, 'Class purity')).toBeLessThan(90);
});

test('sparsity explorer: a cell lights up its feature’s class', async ({ page }) => {
  await page.goto('/lab/sparsity?seed=200');
  await trained(page);
  const map = page.getByRole('img', { name: /Activations of \d+ features on 64 inputs/ });
  await map.click({ position: { x: 3, y: 3 } });
  await expect(page.getByTestId('chosen-feature')).toContainText('stands for class 1');
  await page.getByLabel('Feature', { exact: true }).selectOption({ index: 0 });
  await expect(page.getByTestId('chosen-feature')).toHaveCount(0);

  const sparse = await numberOf(page, 'FVU');
  await move(page, 'k', 'ArrowRight', 7);
  await page.waitForURL(/k=8&/);
  await trained(page);
  expect(await numberOf(page, 'L0')).toBeCloseTo(8, 0);
  expect(await numberOf(page, 'Class purity')).toBeLessThan(99);
  expect(sparse).toBeLessThan(0.025);
  await expect(page.getByRole('img', { name: 'FVU against L0, 10 dictionaries' })).toBeVisible({ timeout: 180_000 });
});
