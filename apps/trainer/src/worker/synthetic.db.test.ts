import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Progress, recoverySchema, startRunSchema } from '@featurescope/contracts';
import { createDb, readRecoveredFeatures, readRecoveryPoints, readTruths, resumeRun, stopRun } from '@featurescope/db';
import { readDictionary, Store } from '@featurescope/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '../log.ts';
import { type Queue, runQueue, startQueue } from '../queue.ts';
import { startTestServer, type TestServer } from '../server/test-server.testing.ts';
import { startWorker, type Worker } from './start-worker.ts';

const databaseUrl = process.env.DATABASE_URL as string;
const dataDirectory = mkdtempSync(path.join(tmpdir(), 'featurescope-synthetic-'));
const store = new Store(dataDirectory);
const db = createDb(databaseUrl);
const log = createLog('worker', 'warn');
const env = { ...process.env, DATABASE_URL: databaseUrl, FEATURESCOPE_DATA: dataDirectory, LOG_LEVEL: 'warn' };
let server: TestServer;
let queue: Queue;
let worker: Worker;

beforeAll(async () => {
  server = await startTestServer();
  queue = await startQueue({ databaseUrl, onError: (error) => log.warn({ err: error }, 'queue') });
  worker = await startWorker({ db, queue, log, env });
});
afterAll(async () => {
  await worker.stop();
  await queue.stop();
  await server.close();
  await db.close();
  rmSync(dataDirectory, { recursive: true, force: true });
});

/** 16 truths in 16 dimensions, of which about two are active: easy to find, and far above chance. */
const request = {
  source: 'synthetic',
  generator: {
    nTruths: 16,
    dModel: 16,
    activity: { kind: 'independent', probability: 0.12 },
    magnitude: { kind: 'normal', mean: 1, deviation: 0.2 },
    nEvaluationSamples: 2000,
    seed: 7,
  },
  architecture: 'topk',
  k: 2,
  nLatents: 24,
  nTokens: 256 * 600,
  batchSize: 256,
  learningRate: 0.003,
  seed: 1,
};

async function launch(overrides: object = {}): Promise<string> {
  const run = startRunSchema.parse(JSON.parse(JSON.stringify({ ...request, ...overrides })));
  if (run.source !== 'synthetic') throw new Error('not a synthetic run');
  return server.context.syntheticRuns.create(run);
}

const readRun = (id: string) => db.prisma.run.findUniqueOrThrow({ where: { id } });

async function reaches(runId: string, isThere: (run: Awaited<ReturnType<typeof readRun>>) => boolean) {
  for (;;) {
    const run = await readRun(runId);
    if (isThere(run)) return run;
    if (run.status === 'failed') throw new Error(JSON.stringify(run.failure));
    await sleep(20);
  }
}
const ends = (runId: string) => reaches(runId, ({ status }) => status === 'succeeded');

test('a run on synthetic data finds the truth, and says so beside dictionaries that learnt nothing', {
  timeout: 240_000,
}, async () => {
  const runId = await launch();
  const run = await ends(runId);
  expect(run).toMatchObject({
    stage: 'done',
    step: 600,
    nFeatures: 24,
    nIndexedTokens: 2000n,
    modelId: null,
    corpusId: null,
  });
  const { trained, untrained, random } = recoverySchema.parse(run.recovery);
  expect(trained.recovery).toBeGreaterThan(0.9);
  expect(untrained.recovery).toBeLessThan(0.6);
  expect(random.recovery).toBeLessThan(0.6);
  expect(trained.fvu).toBeLessThan(0.3);
  expect(trained.truthRecall).toBeGreaterThan(random.truthRecall + 0.2);
  expect(trained.trueL0).toBeCloseTo(16 * 0.12, 0);
  expect(trained.nSamples).toBe(2000);
  expect(run.evaluation).toMatchObject({ nTokens: 2000, fvu: trained.fvu, ceClean: null, nSplicedTokens: 0 });

  const points = await readRecoveryPoints(db, runId);
  expect(points[0].step).toBe(0);
  expect(points[points.length - 1].step).toBe(600);
  expect(points.length).toBeGreaterThan(3);
  expect(points[points.length - 1].recovery).toBeGreaterThan(points[0].recovery + 0.3);
  const told = await db.prisma.event.findMany({
    where: { subjectId: runId, type: 'recovery' },
    orderBy: { seq: 'asc' },
  });
  expect(told.map(({ payload }) => payload)).toEqual(points);

  const { truths, total } = await readTruths(db, runId, { from: 0, limit: 100 });
  expect(total).toBe(16);
  expect(truths.reduce((sum, { cosine }) => sum + cosine, 0) / 16).toBeCloseTo(trained.recovery, 6);
  const [best] = truths;
  expect(best.latents).toHaveLength(24);
  expect(best.cosines[best.latents.indexOf(best.latent ?? -1)]).toBe(best.cosine);

  const feature = (await readRecoveredFeatures(db, runId, [best.latent ?? -1])).get(best.latent ?? -1);
  expect(feature).toMatchObject({ best: { index: best.index, cosine: best.cosine }, matched: true });
  expect(feature?.samples[0].truths.map(({ index }) => index)).toContain(best.index);
  const activations = feature?.samples.map(({ activation }) => activation) ?? [];
  expect(activations).toEqual([...activations].sort((a, b) => b - a));
  const row = await db.prisma.feature.findUniqueOrThrow({
    where: { runId_index: { runId, index: best.latent ?? -1 } },
  });
  expect(row.maxActivation).toBeCloseTo(activations[0], 5);
  expect(await db.prisma.label.count({ where: { runId } })).toBe(0);
  expect(await readDictionary(store.dictionaryDirectory(runId))).not.toBeNull();
});

test('another architecture works alike, on samples that repeat', { timeout: 240_000 }, async () => {
  const finite = { ...request.generator, nSamples: 2000 };
  const standard = { architecture: 'standard', k: undefined, l1Coefficient: 0.3, generator: finite };
  const run = await ends(await launch({ ...standard, nTokens: 256 * 200 }));
  const { trained, random } = recoverySchema.parse(run.recovery);
  expect(trained.recovery).toBeGreaterThan(random.recovery);
  expect(trained.fvu).toBeLessThan(random.fvu);
});

test('a classifier’s hidden layer is taken apart by class, and features say which class is theirs', {
  timeout: 240_000,
}, async () => {
  const classes = { kind: 'classes', nClasses: 8, nInputs: 8, nHidden: 16, deviation: 0.073, nSamples: 4096, seed: 1 };
  const runId = await launch({
    generator: { ...classes, nEvaluationSamples: 2000 },
    ...{ k: 1, nLatents: 64, nTokens: 256 * 500, learningRate: 0.00025, decoderInit: 'dataPoints', bDecInit: 'zeros' },
  });
  const run = await ends(runId);
  expect(run.resolvedConfig).toMatchObject({ decoderInit: 'dataPoints', bDecInit: 'zeros', dModel: 16 });
  const { trained, random } = recoverySchema.parse(run.recovery);
  expect(trained.classPurity?.nClassesFound).toBe(8);
  expect(trained.classPurity?.worstPurity).toBeGreaterThan(0.98);
  // One of 64 random directions speaks mostly for one class too: 93% at worst.
  expect(random.classPurity?.worstPurity).toBeLessThan(trained.classPurity?.worstPurity ?? 0);
  expect(trained.recovery).toBeGreaterThan(0.98);
  expect(random.recovery).toBeLessThan(trained.recovery - 0.1);
  expect(trained.trueL0).toBe(1);
  const { truths } = await readTruths(db, runId, { from: 0, limit: 100 });
  expect(truths).toHaveLength(8);
  const features = await readRecoveredFeatures(
    db,
    runId,
    truths.flatMap(({ latent }) => latent ?? []),
  );
  for (const { index, latent } of truths) {
    const { classPurity, samples } = features.get(latent ?? -1) ?? {};
    expect(classPurity?.class).toBe(index);
    expect(classPurity?.purity).toBeGreaterThan(0.98);
    expect(samples?.[0].truths).toEqual([{ index, magnitude: expect.any(Number) }]);
  }
});

test('features that a toy model has superposed are found', { timeout: 240_000 }, async () => {
  const superposed = { kind: 'superposition', nTruths: 5, dModel: 2, sparsity: 0.95, nEvaluationSamples: 2000 };
  const runId = await launch({ generator: superposed, k: 1, nLatents: 8 });
  const run = await ends(runId);
  const { trained } = recoverySchema.parse(run.recovery);
  expect((await readTruths(db, runId, { from: 0, limit: 100 })).total).toBe(5);
  expect(trained.recovery).toBeGreaterThan(0.95);
  expect(trained.classPurity).toBeUndefined();
});

test('a world that takes seconds to make shows how far it is, and is given up when its run is cancelled', {
  timeout: 240_000,
}, async () => {
  const slow = { kind: 'superposition', nTruths: 256, dModel: 4, sparsity: 0.5, nEvaluationSamples: 2000 };
  const runId = await launch({ generator: slow, nTokens: 256 * 200_000 });
  const { progress } = await reaches(runId, (run) => (run.progress as Progress | null)?.unit === 'steps');
  expect(progress).toMatchObject({ stage: 'prepare', total: 4000 });
  expect(await stopRun(db, runId, 'cancel')).toBe('done');
  expect(await reaches(runId, ({ status }) => status === 'cancelled')).toMatchObject({ stage: 'prepare', step: 0 });
});

test('a run that was paused takes the steps that it would have taken', { timeout: 240_000 }, async () => {
  // Neither comes to its end: what is compared is the way.
  const endless = { nTokens: 256 * 200_000 };
  const cancelledBeyond = async (runId: string, least: number) => {
    await reaches(runId, ({ step }) => step >= least);
    expect(await stopRun(db, runId, 'cancel')).toBe('done');
    await reaches(runId, ({ status }) => status === 'cancelled');
    return db.prisma.metric.findMany({
      where: { runId },
      orderBy: { step: 'asc' },
      select: { step: true, loss: true },
    });
  };
  const halted = await launch(endless);
  await reaches(halted, ({ step }) => step >= 500);
  expect(await stopRun(db, halted, 'pause')).toBe('done');
  const paused = await reaches(halted, ({ status }) => status === 'paused');
  expect(await resumeRun(db, halted, runQueue(queue))).toBe('done');
  const resumed = await cancelledBeyond(halted, paused.step + 1000);
  const straight = await cancelledBeyond(await launch(endless), paused.step + 1000);
  const common = Math.min(resumed.length, straight.length);
  expect(resumed[common - 1].step).toBeGreaterThanOrEqual(paused.step + 500);
  expect(resumed.slice(0, common)).toEqual(straight.slice(0, common));
  const log = await db.prisma.event.findMany({ where: { subjectId: halted, type: 'log' } });
  expect(JSON.stringify(log)).toContain(`Resumed from the checkpoint at step ${paused.step}`);
});
