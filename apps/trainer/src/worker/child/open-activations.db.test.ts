import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Claim, claimRun, createDb, readRunForWork } from '@featurescope/db';
import type { StreamCursor } from '@featurescope/interp';
import { LocalStorage, S3Storage, ShardStore, Store } from '@featurescope/store';
import S3rver from 's3rver';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ActivationStorage } from '../../activations/activation-storage.ts';
import { createLog } from '../../log.ts';
import { createSmallRun, createSmallSubject } from '../testing/small-run.ts';
import { soleReader } from './activation-readers.ts';
import { LazyModel } from './lazy-model.ts';
import { openActivations } from './open-activations.ts';
import { prepareCorpus } from './prepare-corpus.ts';
import { RunWriter } from './run-writer.ts';
import type { StageContext } from './stage-context.ts';
import { StageControl } from './stage-control.ts';

const dataDirectory = mkdtempSync(path.join(tmpdir(), 'featurescope-activations-'));
const store = new Store(dataDirectory);
const shardDirectory = path.join(store.root, 'activations');
const db = createDb(process.env.DATABASE_URL as string);
let subject: Awaited<ReturnType<typeof createSmallSubject>>;

beforeAll(async () => {
  subject = await createSmallSubject(db, store, 900);
});
beforeEach(async () => {
  await db.prisma.activationSet.deleteMany();
  rmSync(shardDirectory, { recursive: true, force: true });
});
afterAll(async () => {
  await db.close();
  rmSync(dataDirectory, { recursive: true, force: true });
});

/** Six shards of about 16,384 rows. */
const small = { nSteps: 90, batchSize: 1024, activations: 'store' as const };
const localShards = (quota = 1e12): ActivationStorage => ({
  shards: new ShardStore(new LocalStorage(shardDirectory)),
  quotaBytes: () => quota,
});

interface Attempt {
  /** A hash of each batch's bits. */
  batches: string[];
  cursors: StreamCursor[];
  isModelLoaded: boolean;
  use: Record<string, number>;
  log: string[];
  setId: string;
}

/** Takes batches of a run's activations as training does. from: a cursor, as a checkpoint keeps it. */
async function take(
  runId: string,
  {
    nBatches = small.nSteps,
    from,
    activations = localShards(),
  }: { nBatches?: number; from?: StreamCursor; activations?: ActivationStorage } = {},
): Promise<Attempt> {
  const claim = (await claimRun(db, runId)) as Claim;
  const control = new StageControl(db, claim);
  const run = await readRunForWork(db, runId);
  const writer = new RunWriter(db, claim, control);
  const context: StageContext = {
    db,
    store,
    activations,
    log: createLog('train', 'silent'),
    claim,
    run,
    control,
    writer,
  };
  const corpus = await prepareCorpus(context);
  const model = new LazyModel(run.model.directory, run.hookName);
  let isModelLoaded = false;
  const load = model.load.bind(model);
  model.load = () => {
    isModelLoaded = true;
    return load();
  };
  const stream = await openActivations(soleReader(context), { corpus, cursor: from, model });
  const [batches, cursors]: [string[], StreamCursor[]] = [[], []];
  for (let j = 0; j < nBatches; j++) {
    cursors.push(stream.cursor());
    const rows = await stream.nextBatch();
    expect(rows.length).toBe(run.batchSize * stream.width);
    batches.push(createHash('sha256').update(new Uint8Array(rows.buffer)).digest('hex'));
  }
  control.dispose();
  await writer.flush();
  if (isModelLoaded) await model.dispose();
  corpus.dispose();
  const { activationUse, activationSetId } = await db.prisma.run.findUniqueOrThrow({ where: { id: runId } });
  const events = await db.prisma.event.findMany({ where: { subjectId: runId, type: 'log' }, orderBy: { seq: 'asc' } });
  const log = events.map(({ payload }) => (payload as { message: string }).message);
  return {
    batches,
    cursors,
    isModelLoaded,
    use: activationUse as Attempt['use'],
    log,
    setId: activationSetId as string,
  };
}

const newRun = (options = {}) => createSmallRun(db, subject, { ...small, ...options });
const fileOf = (setId: string, shard: number) => path.join(shardDirectory, setId, `shard-00000${shard}.safetensors`);

test('a run that reuses takes the very rows of the one that harvested, without loading the model', {
  timeout: 120_000,
}, async () => {
  const first = await take(await newRun());
  expect(first.use).toMatchObject({ nShards: 6, harvested: 6, reused: 0, harvestedAgain: 0, notKept: 0 });
  expect(readdirSync(path.join(shardDirectory, first.setId)).length).toBe(13);
  const second = await take(await newRun());
  expect(second.use).toMatchObject({ nShards: 6, harvested: 0, reused: 6 });
  expect(second.isModelLoaded).toBe(false);
  expect(second.batches).toEqual(first.batches);
  expect(second.log.at(-1)).toBe('Activations: 0 shards harvested and stored, 6 reused');

  // Another seed: the same shards in another order.
  const other = await take(await newRun({ seed: 8 }));
  expect(other.use).toMatchObject({ harvested: 0, reused: 6 });
  expect(other.batches[0]).not.toEqual(first.batches[0]);
  // A shorter run finds the shards that it needs.
  expect((await take(await newRun({ nSteps: 40 }), { nBatches: 40 })).use).toMatchObject({ nShards: 3, reused: 3 });

  // From the middle: the same rows go on, and no shard is counted twice.
  const resumed = await newRun();
  await take(resumed, { nBatches: 30 });
  for (const at of [29, 61, 89]) {
    const rest = await take(resumed, { from: structuredClone(first.cursors[at]), nBatches: 90 - at });
    expect(rest.batches).toEqual(first.batches.slice(at));
    expect(rest.use).toMatchObject({ harvested: 0, reused: 6 });
  }
});

test('a shard that is torn, missing or altered is harvested again, with the same rows, and the run says so', {
  timeout: 120_000,
}, async () => {
  const first = await take(await newRun());
  const whole = readFileSync(fileOf(first.setId, 2));
  const altered = Buffer.from(whole);
  altered[altered.length >> 1] ^= 4;
  writeFileSync(fileOf(first.setId, 2), altered);
  writeFileSync(fileOf(first.setId, 0), whole.subarray(0, 1000));
  rmSync(fileOf(first.setId, 4));
  rmSync(path.join(shardDirectory, first.setId, 'set.json'));
  const second = await take(await newRun());
  expect(second.batches).toEqual(first.batches);
  expect(second.use).toMatchObject({ reused: 3, harvested: 1, harvestedAgain: 2 });
  expect(second.log.filter((line) => line.includes('damaged'))).toHaveLength(2);
  expect(readFileSync(fileOf(first.setId, 2))).toEqual(whole);
  expect((await take(await newRun())).use).toMatchObject({ reused: 6 });
});

test('a quota that is reached, or a storage that is away, never fails a run, nor changes its rows', {
  timeout: 120_000,
}, async () => {
  const first = await take(await newRun());
  await db.prisma.activationSet.deleteMany();
  rmSync(shardDirectory, { recursive: true });
  const shardBytes = 16_384 * (2 * 48 + 2);
  const tight = await take(await newRun(), { activations: localShards(2.5 * shardBytes) });
  expect(tight.use).toMatchObject({ harvested: 2, notKept: 4 });
  expect(tight.batches).toEqual(first.batches);
  expect(tight.log.filter((line) => line.includes('quota'))).toHaveLength(1);

  const s3 = { bucket: 'lab', prefix: '', endpoint: 'http://127.0.0.1:1', pathStyle: true, maxAttempts: 1 };
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const shards = new ShardStore(new S3Storage({ ...s3, credentials }));
  const away = await take(await newRun(), { activations: { shards, quotaBytes: () => 1e12 } });
  expect(away.batches).toEqual(first.batches);
  expect(away.use).toMatchObject({ reused: 0, harvested: 0, notKept: 6 });
  expect(away.log.filter((line) => line.includes('cannot be stored or read'))).toHaveLength(1);
});

test('a bucket serves as well as a directory, and a shard that is altered there is noticed too', {
  timeout: 120_000,
}, async () => {
  const first = await take(await newRun());
  await db.prisma.activationSet.deleteMany();
  const s3Directory = path.join(dataDirectory, 's3');
  const server = new S3rver({
    ...{ port: 0, address: '127.0.0.1', silent: true, directory: s3Directory },
    configureBuckets: [{ name: 'lab', configs: [] }],
  });
  const { port } = await server.run();
  const storage = new S3Storage({
    ...{ bucket: 'lab', prefix: 'team', endpoint: `http://127.0.0.1:${port}`, pathStyle: true },
    credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
  });
  const activations: ActivationStorage = { shards: new ShardStore(storage), quotaBytes: () => 1e12 };
  const harvesting = await take(await newRun(), { activations });
  expect(harvesting.use).toMatchObject({ harvested: 6, reused: 0 });
  const key = `${harvesting.setId}/shard-000001.safetensors`;
  const bytes = (await storage.read(key)) as Uint8Array;
  bytes[bytes.length - 5] ^= 1;
  await storage.write(key, bytes);
  const reusing = await take(await newRun(), { activations });
  expect(reusing.use).toMatchObject({ harvestedAgain: 1, reused: 5 });
  expect([harvesting.batches, reusing.batches]).toEqual([first.batches, first.batches]);
  await server.close();
});

test('two runs that harvest at once leave whole shards', { timeout: 120_000 }, async () => {
  const [a, b] = await Promise.all([take(await newRun()), take(await newRun())]);
  expect(a.batches).toEqual(b.batches);
  expect((await take(await newRun())).use).toMatchObject({ reused: 6 });
});

test('a streamed run is as it was: nothing is stored', { timeout: 60_000 }, async () => {
  const { use, batches } = await take(await newRun({ activations: 'stream' }), { nBatches: 2 });
  expect(use).toBeNull();
  expect(new Set(batches).size).toBe(2);
  expect(() => readdirSync(shardDirectory)).toThrow(/ENOENT/);
});
