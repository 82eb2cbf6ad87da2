import { randomUUID } from 'node:crypto';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { forgetShard, healShards, reserveShard } from './activation-quota.ts';
import {
  activationSetIdOf,
  deleteActivationSet,
  listActivationSets,
  recordActivationSet,
  storedShardBytes,
} from './activation-sets.ts';
import { createDb } from './client.ts';
import { createTestRun } from './run-fixture.testing.ts';

const db = createDb(process.env.DATABASE_URL as string);
beforeEach(async () => {
  await db.prisma.run.deleteMany();
  await db.prisma.activationSet.deleteMany();
});
afterAll(() => db.close());

/** A set with `nShards` shards of 10 bytes, last used `age` hours ago. */
async function createSet(age: number, nShards: number): Promise<string> {
  const id = randomUUID();
  const hashes = { weightsHash: 'w', tokenizerHash: 't', datasetHash: 'd' };
  await recordActivationSet(db, {
    ...{ id, ...hashes, hookName: 'h', contextSize: 64, width: 4, nShards: 100 },
    ...{ modelName: 'tiny', datasetName: 'text' },
  });
  const lastUsedAt = new Date(Date.now() - age * 3_600_000);
  await db.prisma.activationSet.update({ where: { id }, data: { lastUsedAt } });
  for (let index = 0; index < nShards; index++) await reserve(id, index, 1e9);
  return id;
}

const reserve = (setId: string, index: number, quota: number, sizeBytes = 10) =>
  reserveShard(db, { setId, index, sizeBytes, nRows: 5, quotaBytes: () => quota });

const stored = async () =>
  Object.fromEntries((await listActivationSets(db)).map(({ id, nStoredShards }) => [id, nStoredShards]));

test('a shard that does not fit evicts the last shards of the set that was not used for longest', async () => {
  const old = await createSet(9, 3);
  const recent = await createSet(1, 2);
  const own = await createSet(0, 0);
  expect(await reserve(own, 0, 60)).toEqual([]);
  expect(await reserve(own, 1, 55)).toEqual([
    { setId: old, index: 2 },
    { setId: old, index: 1 },
  ]);
  expect(await stored()).toEqual({ [own]: 2, [recent]: 2, [old]: 1 });
  expect(await reserve(own, 2, 30)).toEqual([
    { setId: old, index: 0 },
    { setId: recent, index: 1 },
    { setId: recent, index: 0 },
  ]);
});

test('what a running run reads stays, and when the rest is not enough nothing is evicted', async () => {
  const read = await createSet(9, 3);
  const free = await createSet(1, 1);
  const own = await createSet(0, 1);
  const runId = await createTestRun(db);
  await db.prisma.run.update({
    where: { id: runId },
    data: { status: 'running', stage: 'train', activationSetId: read },
  });
  expect(await reserve(own, 1, 50, 20)).toBeNull();
  expect(await reserve(own, 1, 20, 10)).toBeNull();
  expect(await stored()).toEqual({ [own]: 1, [free]: 1, [read]: 3 });
  expect(await deleteActivationSet(db, read)).toBe('in_use');
  expect(await reserve(own, 1, 50)).toEqual([{ setId: free, index: 0 }]);
  await db.prisma.run.update({ where: { id: runId }, data: { stage: 'label' } });
  expect((await listActivationSets(db)).find(({ id }) => id === read)).toMatchObject({
    isInUse: false,
    sizeBytes: 30,
    nRows: 15,
    runs: [{ id: runId, name: 'run' }],
  });
  expect(await deleteActivationSet(db, read)).toBe('done');
  expect(await deleteActivationSet(db, read)).toBeNull();
});

test('a shard that is written again is counted once, and many at a time stay within the quota', async () => {
  const own = await createSet(0, 1);
  expect(await reserve(own, 0, 12, 12)).toEqual([]);
  expect((await storedShardBytes(db, own, 1)).sizeBytes).toBe(12);
  const granted = await Promise.all(Array.from({ length: 8 }, (_, j) => reserve(own, j + 1, 52)));
  expect(granted.filter((evicted) => evicted !== null)).toHaveLength(4);
  expect((await storedShardBytes(db, own, 100)).sizeBytes).toBe(52);
});

test('rows follow the files', async () => {
  const set = await createSet(0, 3);
  await healShards(
    db,
    set,
    new Map([
      [1, 10],
      [7, 99],
    ]),
  );
  expect((await storedShardBytes(db, set, 100)).sizeBytes).toBe(109);
  await forgetShard(db, { setId: set, index: 7 });
  await forgetShard(db, { setId: set, index: 7 });
  expect(await stored()).toEqual({ [set]: 1 });
});

test('a set’s id follows from all that decides its rows', () => {
  const key = {
    weightsHash: 'w',
    tokenizerHash: 't',
    datasetHash: 'd',
    hookName: 'h',
    contextSize: 64,
    formatVersion: 1,
  };
  const ids = [
    {},
    { weightsHash: 'x' },
    { hookName: 'g' },
    { datasetHash: 'x' },
    { contextSize: 65 },
    { formatVersion: 2 },
  ].map((change) => activationSetIdOf({ ...key, ...change }));
  expect(new Set(ids).size).toBe(6);
  expect(activationSetIdOf({ ...key })).toBe(ids[0]);
});
