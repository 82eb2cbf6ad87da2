import { existsSync } from 'node:fs';
import path from 'node:path';
import { CommandError, runCommand } from './run-command.mjs';
import { contentHash, openStamps } from './stamps.mjs';

/** Whatever ends up in the pages. */
const SOURCES = [
  'apps/web',
  'packages/contracts',
  'packages/sae',
  'packages/tensor',
  'pnpm-lock.yaml',
  'tsconfig.base.json',
];

/** @param {string} root */
export function isWebBuilt(root) {
  return existsSync(path.join(root, 'apps/web/.next/BUILD_ID')) && openStamps(root).isFresh('web', webHash(root));
}

/** @param {string} root */
const webHash = (root) => contentHash(root, SOURCES);

/**
 * Builds the pages when their sources changed.
 * @param {import('./install.mjs').SetupContext} context
 */
export async function buildWeb({ root, signal, terminal, logFile }) {
  if (isWebBuilt(root)) return;
  const stamps = openStamps(root);
  const hash = webHash(root);
  stamps.clear('web');
  const web = path.join(root, 'apps/web');
  await terminal.step('Building the pages', async (progress) => {
    try {
      await runCommand(process.execPath, [path.join(web, 'node_modules/next/dist/bin/next'), 'build'], {
        cwd: web,
        env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
        signal,
        logFile,
        onLine: (line) =>
          progress(
            line
              .trim()
              .replace(/\s*\.\.\.$/, '')
              .slice(0, 60),
          ),
      });
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      throw new Error(`The pages could not be built (${error.message}):\n${error.output}`, { cause: error });
    }
  });
  // Of the sources as they were before the build: an edit during it makes the next start build again.
  stamps.write('web', hash);
}
