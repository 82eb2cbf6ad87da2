import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { activationListSchema, runEstimateSchema, runSchema } from '@featurescope/contracts';
import { findModel, recordActivationSet, recordCorpus, reserveShard } from '@featurescope/db';
import { LocalStorage, ShardStore } from '@featurescope/store';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { activationSetOf } from '../activations/run-activation-set.ts';
import { insertTestDataset, jsonHeaders, startTestServer, type TestServer } from './test-server.testing.ts';

const hookName = 'blocks.2.hook_resid_post';
const shardBytes = 16_000 * (2 * 256 + 2);
let server: TestServer;
let datasetId: string;
let set: ReturnType<typeof activationSetOf>;
let shards: ShardStore;
let directory: string;

beforeAll(async () => {
  server = await startTestServer();
  datasetId = await insertTestDataset(server.db);
  const model = (await findModel(server.db, server.modelId))!;
  const dataset = (await server.db.prisma.dataset.findUnique({ where: { id: datasetId } }))!;
  set = activationSetOf({ model, dataset, hookName, contextSize: 256 });
  directory = path.join(server.dataDirectory, 'store', 'activations');
  shards = new ShardStore(new LocalStorage(directory));
  // A million tokens: 57 shards to train on.
  const key = { datasetId, tokenizerHash: model.tokenizerHash, contextSize: 256 };
  const counts = { nTokens: 1_000_000, nContexts: 4000, nHeldOutTokens: 80_000 };
  await server.db.prisma.$transaction((transaction) => recordCorpus(transaction, key, counts));
});
afterAll(() => server.close());

const call = (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) =>
  server.app.inject({
    method,
    url,
    headers: jsonHeaders,
    payload: payload === undefined ? '' : JSON.stringify(payload),
  });
const settings = (changes: object = {}) => ({
  ...{ modelId: server.modelId, datasetId, hookName, architecture: 'topk', nLatents: 512, k: 16, nTokens: 200_000 },
  ...{ batchSize: 512, learningRate: 0.001, seed: 1, activations: 'store' },
  ...changes,
});
const list = async () => activationListSchema.parse((await call('GET', '/api/activations')).json());
const estimate = async (changes: object = {}) =>
  runEstimateSchema.parse((await call('POST', '/api/runs/estimate', settings(changes))).json());

async function store(index: number): Promise<void> {
  const values = { setId: set.id, index, sizeBytes: shardBytes, nRows: 16_000 };
  await recordActivationSet(server.db, { ...set, width: 256, nShards: 57 });
  await reserveShard(server.db, { ...values, quotaBytes: () => 1e12 });
  await shards.write(set.id, index, { bytes: new Uint8Array(10), nRows: 16_000 });
  const { id: _, modelName, datasetName, ...identity } = set;
  await shards.writeSet(set.id, { identity, width: 256, nShards: 57, modelName, datasetName, outlierNorm: 5 });
}

test('the estimate says how large the shards of a run are, and what is there already', async () => {
  const nothing = await estimate();
  expect(nothing.storedActivations).toMatchObject({ presentBytes: 0, quotaBytes: 1e9 });
  // 200,000 rows, rounded up to whole shards.
  expect(nothing.storedActivations.sizeBytes / (200_000 * 514)).toBeCloseTo(1.06, 1);
  const streamed = await estimate({ activations: 'stream' });
  expect(nothing.diskBytes - streamed.diskBytes).toBe(nothing.storedActivations.sizeBytes);
  // More tokens than the text has: all of it, and no more.
  const all = await estimate({ nTokens: 1e9 });
  expect(all.storedActivations.sizeBytes / (916_000 * 514)).toBeCloseTo(1, 1);

  for (let index = 0; index < 13; index++) await store(index);
  const present = await estimate();
  expect(present.storedActivations).toMatchObject({ presentBytes: 13 * shardBytes, sizeBytes: 13 * shardBytes });
  expect(present.diskBytes).toBe(streamed.diskBytes);
  expect(present.seconds).toBeLessThan(streamed.seconds);
  expect((await estimate({ hookName: 'blocks.1.hook_resid_post' })).storedActivations.presentBytes).toBe(0);
});

test('a set is listed with the runs that use it, and is not deleted under one that is running', async () => {
  const { id: runId } = (await call('POST', '/api/runs', settings({ name: 'Reader' }))).json();
  const use = { setId: set.id, nShards: 13, reused: 12, harvested: 1, harvestedAgain: 0, notKept: 0 };
  await server.db.prisma.run.update({
    where: { id: runId },
    data: { status: 'running', stage: 'train', activationSetId: set.id, activationUse: { ...use, countedChunks: 4 } },
  });
  const run = runSchema.parse((await call('GET', `/api/runs/${runId}`)).json());
  expect(run).toMatchObject({ activations: 'store', storedActivations: use });
  const { sets, sizeBytes, quotaBytes, place } = await list();
  expect({ sizeBytes, quotaBytes, place }).toEqual({ sizeBytes: 13 * shardBytes, quotaBytes: 1e9, place: directory });
  expect(sets).toEqual([
    {
      ...{ id: set.id, hookName, contextSize: 256, width: 256, nShards: 57, nStoredShards: 13, nTokens: 13 * 16_000 },
      ...{ sizeBytes: 13 * shardBytes, lastUsedAt: expect.any(String), isInUse: true },
      ...{ modelName: set.modelName, datasetName: set.datasetName, runs: [{ id: runId, name: 'Reader' }] },
    },
  ]);
  const refused = await call('DELETE', `/api/activations/${set.id}`);
  expect([refused.statusCode, refused.json().error.code]).toEqual([409, 'conflict']);
  expect(existsSync(path.join(directory, set.id))).toBe(true);
  await server.db.prisma.run.update({ where: { id: runId }, data: { status: 'succeeded', stage: 'done' } });
});

test('files without rows come back, rows without files go', async () => {
  await server.db.prisma.activationSet.deleteMany();
  await server.context.activations.heal();
  expect((await list()).sets[0]).toMatchObject({
    id: set.id,
    nStoredShards: 13,
    nShards: 57,
    modelName: set.modelName,
  });
  rmSync(path.join(directory, set.id, 'shard-000003.json'));
  await server.context.activations.heal();
  expect((await list()).sets[0].nStoredShards).toBe(12);
});

test('a set is deleted with its files, once', async () => {
  expect((await call('DELETE', `/api/activations/${set.id.toUpperCase()}`)).statusCode).toBe(204);
  expect((await list()).sets).toEqual([]);
  expect(await shards.inventory()).toEqual(new Map());
  expect((await call('DELETE', `/api/activations/${set.id}`)).statusCode).toBe(404);
  expect((await call('DELETE', '/api/activations/nonsense')).statusCode).toBe(404);
});

test('a run says how its activations come, and a word that is neither is refused', async () => {
  const { id } = (await call('POST', '/api/runs', settings({ activations: undefined }))).json();
  expect((await call('GET', `/api/runs/${id}`)).json()).toMatchObject({
    activations: 'stream',
    storedActivations: null,
  });
  const refused = await call('POST', '/api/runs', settings({ activations: 'keep' }));
  expect(refused.json().error).toMatchObject({ code: 'invalid_request', field: 'activations' });
});

test('a bucket that is away is no obstacle to looking, and an error to deleting', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'a');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'b');
  const place = { bucket: 'lab', prefix: 'team', endpoint: 'http://127.0.0.1:1', region: null, pathStyle: true };
  const away = await startTestServer({ activations: { directory: null, bucket: place, quotaBytes: 1e9 } });
  await recordActivationSet(away.db, { ...set, width: 256, nShards: 57 });
  await reserveShard(away.db, { setId: set.id, index: 0, sizeBytes: 500, nRows: 1, quotaBytes: () => 1e9 });
  await away.context.activations.heal();
  const { sets, place: where } = (await away.app.inject({ url: '/api/activations', headers: jsonHeaders })).json();
  expect([sets.length, where]).toEqual([1, 's3://lab/team']);
  const refused = await away.app.inject({ method: 'DELETE', url: `/api/activations/${set.id}`, headers: jsonHeaders });
  expect([refused.statusCode, refused.json().error.code]).toEqual([503, 'storage_unavailable']);
  expect(refused.json().error.message).toContain('s3://lab/team at http://127.0.0.1:1');
  await away.close();
  vi.unstubAllEnvs();
});
