import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { CommandError, runCommand } from './run-command.mjs';
import { contentHash, openStamps } from './stamps.mjs';

/**
 * What every set-up step gets.
 * @typedef {object} SetupContext
 * @property {string} root the repository
 * @property {string} dataDirectory
 * @property {string} cacheDirectory of this user, shared by all clones
 * @property {string} logFile everything the programs print
 * @property {AbortSignal} signal
 * @property {import('./terminal.mjs').Terminal} terminal
 */

/** @param {string} root */
function manifests(root) {
  const nested = ['apps', 'packages'].flatMap((parent) =>
    readdirSync(path.join(root, parent)).map((name) => `${parent}/${name}/package.json`),
  );
  return ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', 'e2e/package.json', 'bench/package.json', ...nested];
}

/** @param {string} root */
const installHash = (root) =>
  contentHash(root, manifests(root), [process.version.split('.')[0], process.platform, process.arch]);

/** @param {string} root */
export function isInstalled(root) {
  return (
    existsSync(path.join(root, 'node_modules/.modules.yaml')) && openStamps(root).isFresh('install', installHash(root))
  );
}

/**
 * Installs the dependencies as the lock file has them, unless that was done for these manifests and this Node.
 * @param {SetupContext} context
 */
export async function installDependencies({ root, signal, terminal, logFile }) {
  if (isInstalled(root)) return;
  const stamps = openStamps(root);
  stamps.clear('install');
  const { packageManager } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  await terminal.step('Installing packages', async (progress) => {
    try {
      await runCommand('npx', ['-y', packageManager, 'install', '--frozen-lockfile', '--reporter=append-only'], {
        cwd: root,
        env: packageManagerEnv(process.env),
        signal,
        logFile,
        onLine: (line) => {
          const counts = /Progress: (.*)/.exec(line);
          if (counts) progress(counts[1].replace(/, done$/, ''));
        },
      });
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      throw new Error(`The packages could not be installed (${error.message}):\n${error.output}\nLog: ${logFile}`, {
        cause: error,
      });
    }
  });
  stamps.write('install', installHash(root));
}

/**
 * The environment for a package manager that npm started: npm describes itself and its package in variables that pnpm would
 * take for its own settings (the wrong prefix, the wrong package). A user's registry, proxy and certificate settings stay.
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function packageManagerEnv(env) {
  const ofNpmItself =
    /^npm_(package_|lifecycle_|command$|execpath$|node_execpath$|config_(global_prefix|local_prefix|prefix|noproxy|node_gyp|init_module|npm_version|user_agent|allow_scripts|loglevel|yes)$)/;
  const cleaned = Object.fromEntries(Object.entries(env).filter(([name]) => !ofNpmItself.test(name)));
  // CI: no question is asked, for example before node_modules of another pnpm is replaced.
  return { ...cleaned, CI: 'true', COREPACK_ENABLE_STRICT: '0', NODE_ENV: 'development' };
}
