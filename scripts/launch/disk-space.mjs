import { existsSync, statfsSync, statSync } from 'node:fs';
import path from 'node:path';
import { megabytes } from './terminal.mjs';

/**
 * @typedef {object} Need
 * @property {string} what
 * @property {string} directory may not exist yet; its nearest existing parent is asked
 * @property {number} bytes
 */

/**
 * Whether the disks have room for what is still to be put on them. Needs on the same file system add up.
 * @param {Need[]} needs
 * @returns {string | undefined} what is missing where, and of which parts it consists
 */
export function diskSpaceProblem(needs) {
  /** @type {Map<number, {directory: string, freeBytes: number, needs: Need[]}>} */
  const disks = new Map();
  for (const need of needs) {
    const directory = nearestExisting(need.directory);
    const device = statSync(directory).dev;
    const disk = disks.get(device) ?? { directory, freeBytes: freeBytes(directory), needs: [] };
    disk.needs.push(need);
    disks.set(device, disk);
  }
  for (const disk of disks.values()) {
    const neededBytes = disk.needs.reduce((sum, need) => sum + need.bytes, 0);
    if (disk.freeBytes >= neededBytes) continue;
    const parts = disk.needs.map((need) => `${need.what} ${megabytes(need.bytes)}`).join(', ');
    return `Not enough free disk at ${disk.directory}: ${megabytes(neededBytes)} are needed (${parts}), ${megabytes(disk.freeBytes)} are free. Free some, or move the data with FEATURESCOPE_DATA and the caches with XDG_CACHE_HOME.`;
  }
  return undefined;
}

/** @param {string} directory */
function freeBytes(directory) {
  const stats = statfsSync(directory);
  return stats.bavail * stats.bsize;
}

/** @param {string} directory */
function nearestExisting(directory) {
  let current = path.resolve(directory);
  while (!existsSync(current)) current = path.dirname(current);
  return current;
}
