import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * What the lock file of a data directory says of the launcher that owns it.
 * @typedef {object} LockEntry
 * @property {number} pid
 * @property {string} startedAt identifies the process together with its pid, which the system uses again
 * @property {string} [url] once the product answers there
 */

/**
 * @typedef {object} Lock
 * @property {(url: string) => void} setUrl
 * @property {() => void} release
 */

const FILE = 'launcher.lock';

/**
 * Takes the lock of a data directory, or says who has it. The lock of a launcher that is gone is taken over.
 * @param {string} dataDirectory
 * @returns {{lock: Lock} | {owner: LockEntry}}
 */
export function acquireLock(dataDirectory) {
  mkdirSync(dataDirectory, { recursive: true });
  const file = path.join(dataDirectory, FILE);
  const own = path.join(dataDirectory, `.${FILE}.${process.pid}`);
  /** @type {LockEntry} */
  const entry = { pid: process.pid, startedAt: processStartedAt(process.pid) ?? '' };
  for (;;) {
    writeFileSync(own, JSON.stringify(entry));
    try {
      // A link appears at once with its whole content, or fails because somebody has it.
      linkSync(own, file);
      return { lock: held(file, own, entry) };
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    } finally {
      rmSync(own, { force: true });
    }
    const owner = readLock(dataDirectory);
    if (owner && processStartedAt(owner.pid) === owner.startedAt) return { owner };
    if (owner || readRaw(file) !== undefined) removeIfUnchanged(file, own, owner);
  }
}

/**
 * @param {string} dataDirectory
 * @returns {LockEntry | undefined}
 */
export function readLock(dataDirectory) {
  try {
    const entry = JSON.parse(readRaw(path.join(dataDirectory, FILE)) ?? '');
    return Number.isInteger(entry.pid) ? entry : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} file */
function readRaw(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * Two launchers may find the same stale lock: only the one whose rename takes away the very entry it judged goes on.
 * @param {string} file
 * @param {string} own
 * @param {LockEntry | undefined} judged
 */
function removeIfUnchanged(file, own, judged) {
  const aside = `${own}.stale`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  const taken = readRaw(aside);
  if (judged && taken && JSON.parse(taken).pid !== judged.pid) {
    try {
      linkSync(aside, file);
    } catch {
      // A third one was quicker; its lock stands.
    }
  }
  rmSync(aside, { force: true });
}

/**
 * @param {string} file
 * @param {string} own
 * @param {LockEntry} entry
 * @returns {Lock}
 */
function held(file, own, entry) {
  const isOurs = () => {
    const current = readRaw(file);
    return current !== undefined && JSON.parse(current).pid === entry.pid;
  };
  return {
    setUrl(url) {
      entry.url = url;
      writeFileSync(own, JSON.stringify(entry));
      renameSync(own, file);
    },
    release() {
      if (isOurs()) rmSync(file, { force: true });
    },
  };
}

/**
 * When a process began, in whatever form this system gives it; undefined when there is no such process.
 * @param {number} pid
 * @returns {string | undefined}
 */
export function processStartedAt(pid) {
  if (process.platform === 'linux') {
    try {
      // The 22nd field, in clock ticks since boot; the second one, in parentheses, may hold spaces.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ');
      if (fields[0] === 'Z') return undefined;
      return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${fields[19]}`;
    } catch {
      return undefined;
    }
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}
