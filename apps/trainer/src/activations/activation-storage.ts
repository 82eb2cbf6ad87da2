import { existsSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { LocalStorage, S3Storage, ShardStore } from '@featurescope/store';
import type { ActivationPlace } from './activation-place.ts';

/** Without a quota of one's own: this share of the disk that would be free without stored activations. */
const shareOfFreeDisk = 0.5;
/** A bucket has no end that one could see. */
const bucketQuotaBytes = 100e9;

/** The shards of all sets, and how much room they may take. */
export interface ActivationStorage {
  shards: ShardStore;
  /** Most that all sets may take together, given what they take now. */
  quotaBytes(usedBytes: number): number;
}

export function openActivationStorage(place: ActivationPlace): ActivationStorage {
  const { directory, bucket, quotaBytes } = place;
  if (bucket !== null)
    return { shards: new ShardStore(new S3Storage(bucket)), quotaBytes: () => quotaBytes ?? bucketQuotaBytes };
  return {
    shards: new ShardStore(new LocalStorage(directory)),
    quotaBytes: (usedBytes) => quotaBytes ?? Math.floor(shareOfFreeDisk * (usedBytes + freeBytes(directory))),
  };
}

function freeBytes(directory: string): number {
  let existing = directory;
  while (!existsSync(existing)) existing = path.dirname(existing);
  const { bavail, bsize } = statfsSync(existing);
  return bavail * bsize;
}
