import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { cacheDirectoryOf, root } from '../launch/directories.mjs';
import { runCommand } from '../launch/run-command.mjs';

const require = createRequire(import.meta.url);
const INSTALLED_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC_CHROME = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/**
 * A Chromium for the end-to-end tests.
 * @typedef {object} Browser
 * @property {string} executablePath
 * @property {NodeJS.ProcessEnv} env what it needs beside the environment
 * @property {string} source in words
 */

/**
 * Finds or obtains a browser that starts: PLAYWRIGHT_CHROMIUM_PATH, an installed Chromium or Chrome, the one that npm
 * delivers (Linux x64), Playwright's own, which it may have to download. Throws with the remedy when there is none.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Browser>}
 */
export async function findBrowser(env) {
  /** @type {string[]} */
  const problems = [];
  for (const { source, obtain } of candidates(env)) {
    try {
      const found = await obtain();
      if (!found) continue;
      const browser = { ...found, source };
      await runCommand(browser.executablePath, ['--version'], { env: { ...env, ...browser.env }, timeoutMs: 30_000 });
      return browser;
    } catch (error) {
      problems.push(`  ${source}: ${error instanceof Error ? error.message : error}`);
    }
  }
  throw new Error(
    `No browser for the end-to-end tests.\n${problems.join('\n')}\nInstall one (Debian: apt install chromium; Mac: Google Chrome) or set PLAYWRIGHT_CHROMIUM_PATH to one.`,
  );
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {{source: string, obtain: () => Promise<Omit<Browser, 'source'> | undefined>}[]}
 */
function candidates(env) {
  const given = env.PLAYWRIGHT_CHROMIUM_PATH;
  return [
    {
      source: 'PLAYWRIGHT_CHROMIUM_PATH',
      obtain: async () => (given ? { executablePath: given, env: {} } : undefined),
    },
    {
      source: 'an installed browser',
      obtain: async () => {
        const executablePath = installedBrowser(env.PATH ?? '');
        return executablePath ? { executablePath, env: {} } : undefined;
      },
    },
    { source: '@sparticuz/chromium', obtain: () => unpackedChromium(env) },
    { source: "Playwright's browser", obtain: () => playwrightBrowser(env) },
  ];
}

/** @param {string} searchPath */
function installedBrowser(searchPath) {
  const onPath = searchPath
    .split(path.delimiter)
    .filter((directory) => directory)
    .flatMap((directory) => INSTALLED_NAMES.map((name) => path.join(directory, name)));
  return [...onPath, ...(process.platform === 'darwin' ? [MAC_CHROME] : [])].find((file) => existsSync(file));
}

/**
 * The Chromium of an npm package, unpacked into the cache once. Its libraries for Amazon's Linux stand in where the system
 * has no libnss3.
 * @param {NodeJS.ProcessEnv} env
 */
async function unpackedChromium(env) {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const entry = require.resolve('@sparticuz/chromium');
  const manifest = path.join(path.dirname(entry), '../package.json');
  const cache = cacheDirectoryOf(env);
  const directory = path.join(cache, `chromium-${JSON.parse(readFileSync(manifest, 'utf8')).version}`);
  if (!existsSync(directory)) {
    mkdirSync(cache, { recursive: true });
    const work = mkdtempSync(path.join(cache, 'chromium-unpacking-'));
    const program = `
      import { default as chromium, inflate } from ${JSON.stringify(entry)};
      await chromium.executablePath();
      await inflate(${JSON.stringify(path.join(path.dirname(manifest), 'bin/al2023.tar.br'))});`;
    try {
      // It unpacks into the temporary directory, and takes what it finds there for whole.
      const options = { env: { ...env, TMPDIR: work }, timeoutMs: 300_000 };
      await runCommand(process.execPath, ['--input-type=module', '-e', program], options);
      renameSync(work, directory);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  const executablePath = path.join(directory, 'chromium');
  const fonts = { FONTCONFIG_FILE: path.join(directory, 'fonts.conf') };
  // The one that comes along looks for the fonts where Amazon's Linux has them. Without any, the browser dies at the first page.
  writeFileSync(fonts.FONTCONFIG_FILE, fontsConfiguration(directory));
  try {
    await runCommand(executablePath, ['--version'], { env: { ...env, ...fonts }, timeoutMs: 30_000 });
    return { executablePath, env: fonts };
  } catch {
    return { executablePath, env: { ...fonts, LD_LIBRARY_PATH: path.join(directory, 'al2023/lib') } };
  }
}

/** @param {string} directory */
const fontsConfiguration = (directory) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${path.join(directory, 'fonts')}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${path.join(directory, 'fonts-cache')}</cachedir>
</fontconfig>
`;

/** @param {NodeJS.ProcessEnv} env */
async function playwrightBrowser(env) {
  const { chromium } = await import('@playwright/test');
  if (!existsSync(chromium.executablePath())) {
    const cli = path.join(root, 'node_modules/@playwright/test/cli.js');
    await runCommand(process.execPath, [cli, 'install', 'chromium'], { env, timeoutMs: 120_000 });
  }
  return { executablePath: chromium.executablePath(), env: {} };
}
