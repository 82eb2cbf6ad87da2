import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import path from 'node:path';

const TAIL_LINES = 25;

/** A program that failed, did not start, or ran out of time; `output` holds its last lines. */
export class CommandError extends Error {
  /** @override */
  name = 'CommandError';

  /** @param {string} message @param {string} output @param {number | null} [exitCode] null where it did not end by itself */
  constructor(message, output, exitCode = null) {
    super(message);
    this.output = output;
    this.exitCode = exitCode;
  }
}

/**
 * Runs a program to its end, without a shell, in its own process group: Ctrl-C reaches it only through `signal`, which ends
 * the whole group, grandchildren included.
 * @param {string} file
 * @param {string[]} args
 * @param {object} [options]
 * @param {string} [options.cwd]
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {AbortSignal} [options.signal]
 * @param {number} [options.timeoutMs]
 * @param {string} [options.logFile] everything it prints is appended
 * @param {(line: string) => void} [options.onLine]
 * @returns {Promise<string>} its last lines of output
 */
export function runCommand(file, args, options = {}) {
  const { signal, timeoutMs, logFile, onLine } = options;
  signal?.throwIfAborted();
  if (logFile) mkdirSync(path.dirname(logFile), { recursive: true });
  const log = logFile ? createWriteStream(logFile, { flags: 'a' }) : undefined;
  log?.write(`\n$ ${[file, ...args].join(' ')}\n`);
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  /** @type {string[]} */
  const tail = [];
  for (const stream of [child.stdout, child.stderr]) {
    readLines(stream, (line) => {
      tail.push(line);
      if (tail.length > TAIL_LINES) tail.shift();
      onLine?.(line);
    });
    stream.on('data', (chunk) => log?.write(chunk));
  }
  return new Promise((resolve, reject) => {
    let timedOut = false;
    const end = () => endGroup(child.pid);
    const timer = timeoutMs
      ? setTimeout(() => {
          timedOut = true;
          end();
        }, timeoutMs)
      : undefined;
    signal?.addEventListener('abort', end, { once: true });
    /** @param {string} problem @param {number | null} [exitCode] */
    const fail = (problem, exitCode) =>
      reject(new CommandError(`${path.basename(file)} ${problem}`, tail.join('\n'), exitCode));
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      log?.end();
    };
    child.on('error', (error) => {
      settle();
      fail(`could not be started: ${error.message}`);
    });
    child.on('close', (code, killedBy) => {
      settle();
      if (signal?.aborted) reject(signal.reason);
      else if (timedOut) fail(`was stopped after ${(timeoutMs ?? 0) / 1000} s`);
      else if (code === 0) resolve(tail.join('\n'));
      else fail(killedBy ? `died of ${killedBy}` : `exited with code ${code}`, code);
    });
  });
}

/** @param {number | undefined} pid leader of the group */
function endGroup(pid) {
  if (!pid) return;
  signalGroup(pid, 'SIGTERM');
  setTimeout(() => signalGroup(pid, 'SIGKILL'), 1500).unref();
}

/** @param {number} pid @param {NodeJS.Signals} name */
export function signalGroup(pid, name) {
  try {
    process.kill(-pid, name);
  } catch {
    // Gone already.
  }
}

/**
 * @param {NodeJS.ReadableStream} stream
 * @param {(line: string) => void} onLine called without the line end, for non-empty lines
 */
export function readLines(stream, onLine) {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk) => {
    const lines = (rest + chunk).split(/\r?\n|\r/);
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim()) onLine(line);
  });
  stream.on('end', () => {
    if (rest.trim()) onLine(rest);
  });
}
