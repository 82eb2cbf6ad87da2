/**
 * End-to-end tests in a real browser against a product started with an empty data directory. Arguments go to Playwright.
 * The tests get E2E_BASE_URL, E2E_DATA_DIRECTORY (with processes.json: name → pid) and PLAYWRIGHT_CHROMIUM_PATH.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { root } from '../launch/directories.mjs';
import { findBrowser } from './find-browser.mjs';
import { startForTest } from './product.mjs';

const STARTED_WITHIN_MS = 15 * 60_000;
const STOPPED_WITHIN_MS = 5000;

const browser = await findBrowser(process.env);
console.log(`Browser: ${browser.source}, ${browser.executablePath}`);
const product = await startForTest({
  root,
  env: process.env,
  timeoutMs: STARTED_WITHIN_MS,
  onLine: (line) => console.log(`  ${line}`),
});
const playwright = spawn(
  process.execPath,
  [
    path.join(root, 'node_modules/@playwright/test/cli.js'),
    'test',
    '--config',
    path.join(root, 'e2e/playwright.config.ts'),
    ...process.argv.slice(2),
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      ...browser.env,
      PLAYWRIGHT_CHROMIUM_PATH: browser.executablePath,
      E2E_BASE_URL: product.url,
      E2E_DATA_DIRECTORY: product.dataDirectory,
    },
  },
);
const code = await new Promise((resolve) => playwright.once('close', resolve));
const { tookMs, code: productCode } = await product.stop();
const stoppedWell = productCode === 0 && tookMs < STOPPED_WITHIN_MS;
if (!stoppedWell) console.error(`Ctrl-C took ${Math.round(tookMs)} ms and ended with code ${productCode}.`);
product.removeData();
process.exitCode = code === 0 && stoppedWell ? 0 : 1;
