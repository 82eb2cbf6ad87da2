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
 * @returns {{problem?: string, summary: string}} problem: what is missing where; summary: what is needed and what is free
 */
export function checkDiskSpace(needs) {
  const disks = [...needsByDisk(needs).values()].map(({ directory, needs: parts }) => {
    const neededBytes = parts.reduce((sum, need) => sum + need.bytes, 0);
    const listed = parts.map((need) => `${need.what} ${megabytes(need.bytes)}`).join(', ');
    const free = freeBytes(directory);
    const summary = `${megabytes(neededBytes)} of disk at ${directory} (${listed}); ${megabytes(free)} are free`;
    return { isEnough: free >= neededBytes, summary };
  });
  const short = disks.find((disk) => !disk.isEnough);
  return {
    summary: disks.map((disk) => disk.summary).join('; '),
    problem:
      short &&
      `Not enough free disk. Needed: ${short.summary}. Free some, move the data with FEATURESCOPE_DATA or the caches with XDG_CACHE_HOME, or do without native TensorFlow by FEATURESCOPE_TENSOR=wasm.`,
  };
}

/** @param {Need[]} needs */
function needsByDisk(needs) {
  /** @type {Map<number, {directory: string, needs: Need[]}>} */
  const disks = new Map();
  for (const need of needs) {
    const directory = nearestExisting(need.directory);
    const device = statSync(directory).dev;
    const disk = disks.get(device) ?? { directory, needs: [] };
    disk.needs.push(need);
    disks.set(device, disk);
  }
  return disks;
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
