import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { LEVEL_INFO, LEVEL_WARNING, readableLine } from './readable-log.mjs';
import { readLines, signalGroup } from './run-command.mjs';

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
/** A process that ran this long starts its next series of attempts from the beginning. */
const STABLE_MS = 60_000;
/** One that never came up this often has a fault that waiting does not mend. */
const ATTEMPTS_TO_COME_UP = 4;
const LOG_KEPT_BYTES = 20e6;
const ORPHAN_GUARD = new URL('exit-with-launcher.mjs', import.meta.url).href;

/**
 * @typedef {object} ProcessSpec
 * @property {string} name of the process and its log file
 * @property {string[]} args of node
 * @property {string} cwd
 * @property {NodeJS.ProcessEnv} env without PORT
 * @property {boolean} [quiet] whether the terminal shows its warnings only
 * @property {number} [port] wanted; when it is taken any other is used
 *
 * @typedef {object} Supervised
 * @property {string} name
 * @property {Promise<number>} port settles when the process first reports it; rejects when it never comes up
 * @property {() => void} restart stops the process, which then comes back on the same port
 * @property {(timeoutMs: number) => Promise<void>} stop SIGTERM, and SIGKILL for what is left after the time
 */

/**
 * Keeps a process of the product running. It binds its own port and reports it as `{type: 'listening', port}`; after a crash
 * it is started again, on the same port since others know it, with a growing pause. All it prints goes to its log file.
 * @param {ProcessSpec} spec
 * @param {{logDirectory: string, say: (line: string) => void, onPid?: (name: string, pid: number) => void}} surroundings
 * @returns {Supervised}
 */
export function supervise(spec, { logDirectory, say, onPid }) {
  const logFile = path.join(logDirectory, `${spec.name}.log`);
  const log = openLog(logFile);
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let child;
  /** @type {NodeJS.Timeout | undefined} */
  let pause;
  let knownPort = spec.port ?? 0;
  let cameUp = false;
  let failures = 0;
  let stopping = false;
  let restarting = false;
  /** @type {(port: number) => void} */
  let resolvePort = () => {};
  /** @type {(error: Error) => void} */
  let rejectPort = () => {};
  const port = new Promise((/** @type {(port: number) => void} */ resolve, reject) => {
    resolvePort = resolve;
    rejectPort = reject;
  });
  // Whoever waits for it sees the rejection; nobody waits any more while the launcher stops.
  port.catch(() => {});

  function start() {
    const startedAt = Date.now();
    /** @type {string[]} */
    const tail = [];
    child = spawn(process.execPath, ['--import', ORPHAN_GUARD, ...spec.args], {
      cwd: spec.cwd,
      env: { ...spec.env, PORT: String(knownPort) },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    });
    const { pid } = child;
    if (pid) onPid?.(spec.name, pid);
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      stream.on('data', (chunk) => log.write(chunk));
      readLines(stream, (line) => {
        tail.push(line);
        if (tail.length > 20) tail.shift();
        const { level, text } = readableLine(line);
        // While it starts, only what may be wrong is worth a line.
        if (level >= (cameUp && !spec.quiet ? LEVEL_INFO : LEVEL_WARNING)) say(`[${spec.name}] ${text}`);
      });
    }
    child.on('message', (message) => {
      const reported = /** @type {{type?: string, port?: number}} */ (message);
      if (reported?.type !== 'listening' || typeof reported.port !== 'number') return;
      knownPort = reported.port;
      if (cameUp) say(`[${spec.name}] is back`);
      cameUp = true;
      resolvePort(reported.port);
    });
    child.on('error', (error) => tail.push(error.message));
    // 'close', not 'exit': the last words of a process that fails are its error.
    child.on('close', (code, signal) => {
      child = undefined;
      if (pid) signalGroup(pid, 'SIGKILL');
      if (stopping) return;
      const how = signal ? `died of ${signal}` : `ended with code ${code}`;
      if (restarting) {
        restarting = false;
        return start();
      }
      if (Date.now() - startedAt > STABLE_MS) failures = 0;
      failures += 1;
      if (!cameUp && tail.some((line) => line.includes('EADDRINUSE'))) knownPort = 0;
      if (!cameUp && failures >= ATTEMPTS_TO_COME_UP) {
        const words = tail.map((line) => readableLine(line).text).join('\n');
        rejectPort(new Error(`The ${spec.name} process does not come up, it ${how}:\n${words}\nLog: ${logFile}`));
        return;
      }
      const delayMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - 1));
      say(`[${spec.name}] ${how}; starting it again in ${delayMs / 1000} s. Log: ${logFile}`);
      pause = setTimeout(start, delayMs);
    });
  }

  start();
  return {
    name: spec.name,
    port,
    restart() {
      if (!child || stopping) return;
      restarting = true;
      child.kill('SIGTERM');
    },
    async stop(timeoutMs) {
      stopping = true;
      clearTimeout(pause);
      const current = child;
      if (current?.pid) {
        const { pid } = current;
        const gone = new Promise((resolve) => current.once('close', resolve));
        current.kill('SIGTERM');
        const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), timeoutMs);
        await gone;
        clearTimeout(timer);
      }
      rejectPort(new Error('stopped'));
      await new Promise((resolve) => log.end(resolve));
    },
  };
}

/** @param {string} file */
function openLog(file) {
  mkdirSync(path.dirname(file), { recursive: true });
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LOG_KEPT_BYTES) renameSync(file, `${file}.1`);
  return createWriteStream(file, { flags: 'a' });
}
