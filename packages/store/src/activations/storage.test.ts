import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import S3rver from 's3rver';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LocalStorage } from './local-storage.ts';
import { type ObjectStorage, StorageUnavailableError } from './object-storage.ts';
import { S3Storage } from './s3-storage.ts';
import type { ShardContent } from './shard-format.ts';
import { encodeShard } from './shard-format.ts';
import { ShardStore } from './shard-store.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'featurescope-storage-'));
const local = path.join(directory, 'local');
const credentials = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };
const server = new S3rver({
  ...{ port: 0, address: '127.0.0.1', silent: true, directory: path.join(directory, 's3') },
  configureBuckets: [{ name: 'lab', configs: [] }],
});
let endpoint: string;
const s3 = (options: object = {}) =>
  new S3Storage({ bucket: 'lab', prefix: 'team/shards', endpoint, pathStyle: true, credentials, ...options });

beforeAll(async () => {
  const { port } = await server.run();
  endpoint = `http://127.0.0.1:${port}`;
});
afterAll(async () => {
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});

const set = '0b7e4f0e-6a53-8c1d-a3b5-0123456789ab';
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text));

async function keysIn(storage: ObjectStorage, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of storage.list(prefix)) keys.push(key);
  return keys.sort();
}

const storages: [string, () => ObjectStorage][] = [
  ['a directory', () => new LocalStorage(local)],
  ['an S3 server', () => s3()],
];

describe.each(storages)('%s', (_, open) => {
  it('keeps bytes under keys, replaces, lists and removes them', async () => {
    const storage = open();
    expect(await storage.read('a/one.json')).toBeNull();
    await storage.write('a/one.json', bytesOf('first'));
    await storage.write('a/one.json', bytesOf('second'));
    await storage.write('b/two.bin', new Uint8Array(100_000).fill(7));
    expect(Buffer.from((await storage.read('a/one.json'))!).toString()).toBe('second');
    expect((await storage.read('b/two.bin'))!.length).toBe(100_000);
    expect(await keysIn(storage, '')).toEqual(['a/one.json', 'b/two.bin']);
    expect(await keysIn(storage, 'b/')).toEqual(['b/two.bin']);
    await storage.remove('a/one.json');
    await storage.remove('a/one.json');
    await storage.remove('b/two.bin');
    expect(await keysIn(storage, '')).toEqual([]);
  });

  it('reads a shard back, tells a damaged one from a missing one, and takes inventory', async () => {
    const storage = open();
    const shards = new ShardStore(storage);
    expect(await shards.read(set, 3)).toEqual({ status: 'missing' });
    const bytes = encodeShard(content);
    await Promise.all([1, 2].map(() => shards.write(set, 3, { bytes, nRows: 1 })));
    expect(await shards.read(set, 3)).toMatchObject({
      status: 'whole',
      content: { nRows: 1, positions: new Uint16Array([4]) },
    });
    await shards.write(set, 11, { bytes, nRows: 1 });
    await shards.writeSet(set, manifest);
    expect(await shards.readSet(set)).toEqual(manifest);
    expect(await shards.inventory()).toEqual(
      new Map([
        [
          set,
          new Map([
            [3, bytes.length],
            [11, bytes.length],
          ]),
        ],
      ]),
    );

    const key = `${set}/shard-000003.safetensors`;
    const flipped = bytes.slice();
    flipped[flipped.length - 1] ^= 1;
    await storage.write(key, flipped);
    expect(await shards.read(set, 3)).toMatchObject({ status: 'damaged', why: expect.stringContaining('checksum') });
    await storage.write(key, bytes.subarray(0, 40));
    expect(await shards.read(set, 3)).toMatchObject({
      status: 'damaged',
      why: expect.stringContaining('has 40 bytes'),
    });
    await storage.write(`${set}/shard-000003.json`, bytesOf('{'));
    expect(await shards.read(set, 3)).toMatchObject({ status: 'damaged' });
    await shards.remove(set, 3);
    expect(await shards.read(set, 3)).toEqual({ status: 'missing' });
    await storage.remove(`${set}/shard-000011.json`);
    expect(await shards.inventory()).toEqual(new Map());
    await shards.removeSet(set);
    expect(await keysIn(storage, '')).toEqual([]);
  });
});

const content: ShardContent = {
  ...{ rows: Float32Array.of(1, 2), nRows: 1, width: 2, positions: Uint16Array.of(4), outlierNorm: 7 },
  contexts: [{ contextIndex: 2, rowStart: 0, rowEnd: 1 }],
  excluded: { special: 1, outlierNorm: 0 },
};
const manifest = {
  ...{ identity: { hookName: 'x' }, width: 2, nShards: 12, modelName: 'tiny', datasetName: 'text', outlierNorm: 7 },
};

describe('a directory', () => {
  it('leaves nothing half-written and nothing outside itself', async () => {
    const storage = new LocalStorage(local);
    await storage.write('c/file.bin', bytesOf('x'));
    expect(readdirSync(path.join(local, 'c'))).toEqual(['file.bin']);
    for (const key of ['../x', 'c/../../x', '/etc/passwd', 'c//x', '.hidden', ''])
      await expect(storage.write(key, bytesOf('x'))).rejects.toThrow(/is not a key/);
    await expect(storage.write('c/file.bin/below', bytesOf('x'))).rejects.toThrow(StorageUnavailableError);
    await storage.remove('c/file.bin');
  });

  it('forgets what writers left that died, once that is old', async () => {
    const storage = new LocalStorage(local);
    const [old, fresh] = ['.old.bin.tmp', '.fresh.bin.tmp'].map((name) => path.join(local, 'c', name));
    for (const file of [old, fresh]) writeFileSync(file, 'half');
    utimesSync(old, new Date(0), new Date(0));
    expect(await keysIn(storage, '')).toEqual([]);
    await storage.removeUnfinished();
    expect([existsSync(old), existsSync(fresh)]).toEqual([false, true]);
  });
});

describe('an S3 server', () => {
  it('that is wrong or away is an error soon, which says where it was looked for', async () => {
    await expect(s3({ bucket: 'nowhere' }).read('a/b')).rejects.toThrow(
      /s3:\/\/nowhere\/team\/shards at http.*NoSuchBucket/,
    );
    const stranger = s3({ credentials: { ...credentials, accessKeyId: 'STRANGER' } });
    await expect(stranger.read('a/b')).rejects.toThrow(/InvalidAccessKeyId/);
    const gone = s3({ endpoint: 'http://127.0.0.1:1', maxAttempts: 2 });
    await expect(gone.read('a/b')).rejects.toThrow(StorageUnavailableError);
  });

  it('that never answers is given up', async () => {
    const silent: Server = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const storage = s3({ endpoint: `http://127.0.0.1:${port}`, maxAttempts: 2, requestTimeoutMs: 150 });
    await expect(storage.read('a/b')).rejects.toThrow(StorageUnavailableError);
    await expect(storage.write('a/b', bytesOf('x'))).rejects.toThrow(StorageUnavailableError);
    silent.closeAllConnections();
    await new Promise((resolve) => silent.close(resolve));
  });
});
