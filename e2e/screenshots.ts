/**
 * The README's pictures, of a running product whose first run has succeeded:
 *   pnpm docs:screenshots <url>
 */
import path from 'node:path';
import { chromium } from '@playwright/test';

const [url] = process.argv.slice(2);
if (!url) throw new Error('usage: pnpm docs:screenshots <url of the running product>');
const directory = path.join(import.meta.dirname, 'screenshots');
const browser = await chromium.launch({
  executablePath: process.env.PLAYWRIGHT_CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' });
const { runs } = await (await page.request.get(`${url}/api/runs`)).json();
const run = runs.find(
  (candidate: { demo: boolean; status: string }) => candidate.demo && candidate.status === 'succeeded',
);
if (!run) throw new Error(`No first run has succeeded at ${url}`);
const list = await page.request.get(`${url}/api/runs/${run.id}/features?sort=score&order=desc&limit=200`);
// The best score among features that are specific: a feature that fires on a tenth of all text makes no picture.
const feature = (await list.json()).features.find(({ density }: { density: number }) => density < 0.005);
for (const [name, address] of [
  ['run', `/runs/${run.id}`],
  ['feature', `/runs/${run.id}/features/${feature.index}`],
]) {
  await page.goto(url + address, { waitUntil: 'networkidle' });
  await page.screenshot({ path: path.join(directory, `${name}.png`) });
}
await browser.close();
