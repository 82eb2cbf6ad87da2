import { readdirSync, watch } from 'node:fs';
import path from 'node:path';

const SETTLED_MS = 300;

/**
 * For development: restarts the processes when a source of theirs changes. Next watches the pages by itself.
 * @param {string} root
 * @param {import('./supervise.mjs').Supervised[]} processes
 * @param {AbortSignal} signal
 */
export function restartOnChange(root, processes, signal) {
  const packages = readdirSync(path.join(root, 'packages')).map((name) => `packages/${name}/src`);
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  for (const directory of ['apps/trainer/src', ...packages]) {
    watch(path.join(root, directory), { recursive: true, signal }, (_event, file) => {
      if (!file || !/\.ts$/.test(file) || /\.test\.ts$/.test(file) || /generated/.test(file)) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        for (const each of processes) if (each.name !== 'web') each.restart();
      }, SETTLED_MS);
    }).on('error', () => {});
  }
}
