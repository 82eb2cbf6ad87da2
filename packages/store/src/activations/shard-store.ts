import { createHash } from 'node:crypto';
import type { ObjectStorage } from './object-storage.ts';
import { decodeShard, type ShardContent, ShardFormatError } from './shard-format.ts';

/** Beside a shard's bytes: what they must be. Written after them, so that a shard exists wholly or not at all. */
interface ShardManifest {
  shard: number;
  sizeBytes: number;
  sha256: string;
  nRows: number;
}

/** What a set is, for whoever finds its files; and the limit that was measured on its first shard. */
export interface SetManifest {
  /** What the set's id was made of. */
  identity: Record<string, string | number>;
  width: number;
  nShards: number;
  modelName: string;
  datasetName: string;
  /** Null: no rows are left out for their norm. */
  outlierNorm: number | null;
}

export type ShardReading =
  | { status: 'whole'; content: ShardContent; sizeBytes: number }
  | { status: 'missing' }
  /** why: for the run's log. */
  | { status: 'damaged'; why: string };

/** The shards of all sets, below `<set id>/` in a storage. */
export class ShardStore {
  readonly storage: ObjectStorage;

  constructor(storage: ObjectStorage) {
    this.storage = storage;
  }

  /** A shard whose bytes are those that were written. Throws StorageUnavailableError. */
  async read(setId: string, shard: number): Promise<ShardReading> {
    const key = shardKey(setId, shard);
    const manifestBytes = await this.storage.read(`${key}.json`);
    if (manifestBytes === null) return { status: 'missing' };
    const bytes = await this.storage.read(`${key}.safetensors`);
    if (bytes === null) return { status: 'missing' };
    try {
      const manifest = parseJson<ShardManifest>(manifestBytes);
      if (manifest.sizeBytes !== bytes.byteLength)
        throw new ShardFormatError(`It has ${bytes.byteLength} bytes; ${manifest.sizeBytes} were written`);
      if (manifest.sha256 !== sha256(bytes)) throw new ShardFormatError('Its checksum is not that of what was written');
      return { status: 'whole', content: decodeShard(bytes), sizeBytes: bytes.byteLength };
    } catch (error) {
      if (error instanceof ShardFormatError) return { status: 'damaged', why: error.message };
      throw error;
    }
  }

  /** Bytes first, then the manifest. Two who write the same shard at once write the same bytes. */
  async write(setId: string, shard: number, { bytes, nRows }: { bytes: Uint8Array; nRows: number }): Promise<void> {
    const key = shardKey(setId, shard);
    const manifest: ShardManifest = { shard, sizeBytes: bytes.byteLength, sha256: sha256(bytes), nRows };
    await this.storage.write(`${key}.safetensors`, bytes);
    await this.storage.write(`${key}.json`, Buffer.from(JSON.stringify(manifest)));
  }

  /** The manifest first: without it the bytes are not a shard. */
  async remove(setId: string, shard: number): Promise<void> {
    const key = shardKey(setId, shard);
    await this.storage.remove(`${key}.json`);
    await this.storage.remove(`${key}.safetensors`);
  }

  /** Null for a set that has none, or an unreadable one. */
  async readSet(setId: string): Promise<SetManifest | null> {
    const bytes = await this.storage.read(`${setId}/set.json`);
    if (bytes === null) return null;
    try {
      return parseJson<SetManifest>(bytes);
    } catch {
      return null;
    }
  }

  async writeSet(setId: string, manifest: SetManifest): Promise<void> {
    await this.storage.write(`${setId}/set.json`, Buffer.from(JSON.stringify(manifest, null, 2)));
  }

  /** Everything below the set's id: of each shard the manifest first, and last what says what the set is, so that the rest of a
   *  removal that was interrupted can still be found. */
  async removeSet(setId: string): Promise<void> {
    const keys: string[] = [];
    for await (const { key } of this.storage.list(`${setId}/`)) keys.push(key);
    const last = `${setId}/set.json`;
    for (const key of keys.sort()) if (key !== last) await this.storage.remove(key);
    await this.storage.remove(last);
  }

  /** What is there: every shard with both its files, by set. */
  async inventory(): Promise<Map<string, Map<number, number>>> {
    const sizes = new Map<string, number>();
    for await (const { key, sizeBytes } of this.storage.list('')) sizes.set(key, sizeBytes);
    const sets = new Map<string, Map<number, number>>();
    for (const [key, sizeBytes] of sizes) {
      const [, setId, shard] = /^([0-9a-f-]{36})\/shard-(\d+)\.safetensors$/.exec(key) ?? [];
      if (setId === undefined || !sizes.has(key.replace(/safetensors$/, 'json'))) continue;
      const shards = sets.get(setId) ?? new Map<number, number>();
      sets.set(setId, shards.set(Number(shard), sizeBytes));
    }
    return sets;
  }
}

const shardKey = (setId: string, shard: number) => `${setId}/shard-${String(shard).padStart(6, '0')}`;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

function parseJson<T>(bytes: Uint8Array): T {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as T;
  } catch (cause) {
    throw new ShardFormatError('Its manifest is not JSON', { cause });
  }
}
