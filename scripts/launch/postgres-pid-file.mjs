import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

/**
 * What postgres wrote of itself; undefined without a readable file. `port` is missing for the first moments.
 * @typedef {{pid: number, port: number | undefined}} PidFile
 * @param {string} dataDirectory
 * @returns {PidFile | undefined}
 */
export function readPidFile(dataDirectory) {
  let lines;
  try {
    lines = readFileSync(path.join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return undefined;
  }
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  const port = Number(lines[3]);
  return { pid, port: port > 0 ? port : undefined };
}

/**
 * Whether a process runs. One that ended but was not yet collected by its parent does not.
 * @param {number} pid
 */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    // EPERM: it lives, under another user.
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/** @param {number} pid */
function isZombie(pid) {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/**
 * Removes the pid file of a server that is gone. After a reboot the number may belong to any program, and postgres, which
 * only asks whether the process lives, would refuse to start.
 * @param {string} dataDirectory
 * @param {PidFile} entry
 * @returns {boolean} whether it was stale
 */
export function removeStalePidFile(dataDirectory, entry) {
  if (isAlive(entry.pid) && /postgres|unshare/.test(commandName(entry.pid))) return false;
  rmSync(path.join(dataDirectory, 'postmaster.pid'), { force: true });
  return true;
}

/** @param {number} pid */
function commandName(pid) {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8');
  } catch {
    try {
      return execFileSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' });
    } catch {
      return '';
    }
  }
}
