/**
 * The documents' pictures, of a run that has succeeded: of the first run of a running product, or of one that is named.
 *   pnpm docs:screenshots <url> [--run <id> --prefix smollm2-] [--feature <index>] [--experiment <id>]
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    run: { type: 'string' },
    prefix: { type: 'string', default: '' },
    feature: { type: 'string' },
    experiment: { type: 'string' },
  },
});
const [url] = positionals;
if (!url) throw new Error('usage: pnpm docs:screenshots <url of the running product> [--run <id> --prefix <text>]');
const directory = path.join(import.meta.dirname, 'screenshots');
const browser = await chromium.launch({
  executablePath: process.env.PLAYWRIGHT_CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' });
const { runs } = await (await page.request.get(`${url}/api/runs`)).json();
const run = runs.find(
  ({ id, demo, status }: { id: string; demo: boolean; status: string }) =>
    status === 'succeeded' && (options.run ? id === options.run : demo),
);
if (!run) throw new Error(`No such run has succeeded at ${url}`);
const list = await page.request.get(`${url}/api/runs/${run.id}/features?sort=score&order=desc&limit=200`);
// The best score among features that are specific: a feature that fires on a tenth of all text makes no picture.
const specific = (await list.json()).features.find(({ density }: { density: number }) => density < 0.005);
const feature = options.feature ?? specific.index;
for (const [name, address] of [
  ['run', `/runs/${run.id}`],
  ['feature', `/runs/${run.id}/features/${feature}`],
  ...(options.experiment ? [['steering', `/steering/${options.experiment}`]] : []),
]) {
  await page.goto(url + address, { waitUntil: 'networkidle' });
  await page.screenshot({ path: path.join(directory, `${options.prefix}${name}.png`) });
}
await browser.close();
