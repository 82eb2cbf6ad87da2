import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readLines } from '../launch/run-command.mjs';

/**
 * A product started for a test, as a user starts it.
 * @typedef {object} StartedProduct
 * @property {string} url
 * @property {string} dataDirectory
 * @property {string[]} output so far
 * @property {() => Promise<{tookMs: number, code: number | null}>} stop as Ctrl-C does
 * @property {() => void} removeData
 */

/**
 * Starts scripts/start.mjs of a repository and waits for its URL.
 * @param {object} options
 * @param {string} options.root
 * @param {NodeJS.ProcessEnv} options.env FEATURESCOPE_DATA is a temporary directory unless it is there
 * @param {number} options.timeoutMs
 * @param {(line: string) => void} [options.onLine]
 * @param {{uid?: number, gid?: number}} [options.user]
 * @returns {Promise<StartedProduct>}
 */
export function startForTest({ root, env, timeoutMs, onLine, user }) {
  const dataDirectory = env.FEATURESCOPE_DATA ?? mkdtempSync(path.join(tmpdir(), 'featurescope-product-'));
  const child = spawn(process.execPath, [path.join(root, 'scripts/start.mjs')], {
    cwd: root,
    env: { PORT: '0', FEATURESCOPE_DEMO: '0', ...env, FEATURESCOPE_DATA: dataDirectory },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Its own group: Ctrl-C of the test run is handled here, in order.
    detached: true,
    ...user,
  });
  /** @type {string[]} */
  const output = [];
  const exited = new Promise((/** @type {(code: number | null) => void} */ resolve) => child.once('close', resolve));
  const stop = async () => {
    const began = performance.now();
    child.kill('SIGINT');
    const code = await exited;
    return { tookMs: performance.now() - began, code };
  };
  const onInterrupt = () => child.kill('SIGINT');
  process.once('exit', onInterrupt);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGINT');
      reject(new Error(`No URL after ${timeoutMs / 1000} s:\n${output.slice(-30).join('\n')}`));
    }, timeoutMs);
    exited.then((code) => {
      clearTimeout(timer);
      process.off('exit', onInterrupt);
      reject(new Error(`npm start ended with code ${code}:\n${output.slice(-30).join('\n')}`));
    });
    for (const stream of [child.stdout, child.stderr]) {
      readLines(stream, (line) => {
        output.push(line);
        onLine?.(line);
        const url = /^\s+(http:\/\/127\.0\.0\.1:\d+)$/.exec(line)?.[1];
        if (!url) return;
        clearTimeout(timer);
        resolve({
          url,
          dataDirectory,
          output,
          stop,
          removeData: () => rmSync(dataDirectory, { recursive: true, force: true }),
        });
      });
    }
  });
}
