import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findBrowser } from './find-browser.mjs';

let directory: string;
const program = (file: string, body: string) => {
  mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
  writeFileSync(path.join(directory, file), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return path.join(directory, file);
};

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'featurescope browser '));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('takes the one that is named before one that is installed', async () => {
  const named = program('named/browser', 'echo Chromium 1');
  const installed = program('bin/chromium', 'echo Chromium 2');
  const PATH = path.dirname(installed);
  expect(await findBrowser({ PLAYWRIGHT_CHROMIUM_PATH: named, PATH })).toMatchObject({ executablePath: named });
  expect(await findBrowser({ PATH })).toMatchObject({ executablePath: installed, source: 'an installed browser' });
});

test('goes on when one does not start', async () => {
  const installed = program('bin/google-chrome', 'echo Google Chrome 3');
  const found = await findBrowser({
    PLAYWRIGHT_CHROMIUM_PATH: path.join(directory, 'none'),
    PATH: path.dirname(installed),
  });
  expect(found.executablePath).toBe(installed);
});
