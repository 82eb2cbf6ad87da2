import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { featureCheckResultSchema, rankingResultSchema } from '@featurescope/contracts';
import { cancelCausalCheck, claimCausalCheck, createDb, deleteRun, insertCausalCheck } from '@featurescope/db';
import { Store } from '@featurescope/store';
import { initTensor } from '@featurescope/tensor/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failAbandonedChecks } from '../causal/abandoned-checks.ts';
import { buildInferenceApp } from '../inference/inference-app.ts';
import { createLog } from '../log.ts';
import { type Queue, startQueue } from '../queue.ts';
import { startWorker, type Worker } from './start-worker.ts';
import { createSmallRun, createSmallSubject } from './testing/small-run.ts';

const databaseUrl = process.env.DATABASE_URL as string;
const dataDirectory = mkdtempSync(path.join(tmpdir(), 'featurescope-causal-'));
const store = new Store(dataDirectory);
const db = createDb(databaseUrl);
const log = createLog('worker', 'error');
const env = { ...process.env, DATABASE_URL: databaseUrl, FEATURESCOPE_DATA: dataDirectory, LOG_LEVEL: 'error' };
const secret = 'a secret of sixteen';
let queue: Queue;
let worker: Worker;
let inference: Awaited<ReturnType<typeof buildInferenceApp>>;
let runId: string;

beforeAll(async () => {
  const tensor = await initTensor();
  queue = await startQueue({ databaseUrl, onError: (error) => log.warn({ err: error }, 'queue') });
  worker = await startWorker({ db, queue, log, env });
  inference = await buildInferenceApp({
    ...{ db, store, log, secret },
    tensor: () => ({ ...tensor, reason: null, matmulGflops: null }),
  });
  runId = await createSmallRun(db, await createSmallSubject(db, store), { nSteps: 80 });
  await db.prisma.$transaction((transaction) => queue.enqueue(transaction, 'train', { runId }));
  await waitFor(async () => {
    const { status, failure } = await db.prisma.run.findUniqueOrThrow({ where: { id: runId } });
    if (status === 'failed') throw new Error(JSON.stringify(failure));
    return status === 'succeeded';
  });
}, 300_000);
afterAll(async () => {
  await inference.close();
  await worker.stop();
  await queue.stop();
  await db.close();
  rmSync(dataDirectory, { recursive: true, force: true });
});

async function waitFor(isThere: () => Promise<boolean>): Promise<void> {
  while (!(await isThere())) await sleep(50);
}
const readCheck = (id: string) => db.prisma.causalCheck.findUniqueOrThrow({ where: { id } });
const ended = (id: string) => waitFor(async () => !['queued', 'running'].includes((await readCheck(id)).status));
const askInference = (checkId: string) =>
  inference.inject({
    method: 'POST',
    url: '/causal-checks',
    payload: { checkId },
    headers: { 'x-featurescope-secret': secret },
  });

async function checkFeature(featureIndex: number, request = { nContexts: 12, nNulls: 3, seed: 5 }): Promise<string> {
  const id = crypto.randomUUID();
  await insertCausalCheck(db.prisma, { id, runId, featureIndex, request, status: 'running' });
  expect((await askInference(id)).statusCode).toBe(202);
  return id;
}

async function rank(request = { nFeatures: 6, nContexts: 8, seed: 5 }): Promise<string> {
  const id = crypto.randomUUID();
  await db.prisma.$transaction(async (transaction) => {
    await insertCausalCheck(transaction, { id, runId, featureIndex: null, request, status: 'queued' });
    await queue.enqueueRanking(transaction, id);
  });
  return id;
}

describe('a check of one feature, by inference', { timeout: 120_000 }, () => {
  test('finds what the model loses, nothing where the feature is silent, and the same again for the same request', async () => {
    const [{ index }] = await db.prisma.feature.findMany({
      where: { runId, dead: false },
      orderBy: { density: 'asc' },
      take: 1,
      skip: 5,
    });
    const id = await checkFeature(index);
    await ended(id);
    const row = await readCheck(id);
    expect(row).toMatchObject({ status: 'succeeded', failure: null, progress: null, kind: 'feature' });
    expect(row.nPasses).toBeGreaterThan(0);
    const result = featureCheckResultSchema.parse(row.result);
    expect(result.feature.atFiring.nContexts).toBeGreaterThan(0);
    expect(result.feature.atFiring.mean).not.toBe(0);
    expect(result.silent).toMatchObject({ mean: 0, largestChange: 0 });
    expect(result.silent.nContexts).toBeGreaterThan(0);
    expect(result.directions).toHaveLength(3);
    expect(result.peers).toHaveLength(3);
    expect(result.peers.map(({ featureIndex }) => featureIndex)).not.toContain(index);
    for (const token of result.hurt) {
      expect(token.tokens[token.focus]).toBeTruthy();
      expect(token.change).toBeCloseTo(token.ceClamped - token.ceClean, 6);
      for (const [place] of token.activations) expect(token.tokens[place]).toBeTruthy();
    }
    // Later tokens lose too, by attention, some of them further on than their line reaches back.
    expect(result.hurt.some(({ activations }) => activations.length > 0)).toBe(true);
    const again = await checkFeature(index);
    await ended(again);
    expect((await readCheck(again)).result).toEqual(row.result);
  });

  test('is refused for a check that has ended, and fails with the reason for a feature without evidence', async () => {
    const id = await checkFeature(95);
    await ended(id);
    expect((await askInference(id)).statusCode).toBe(409);
    expect((await askInference(crypto.randomUUID())).statusCode).toBe(404);
    await db.prisma.featureEvidence.delete({ where: { runId_index: { runId, index: 94 } } });
    const broken = await checkFeature(94);
    await ended(broken);
    expect(await readCheck(broken)).toMatchObject({
      status: 'failed',
      failure: { code: 'conflict', message: expect.stringContaining('Feature 94') },
    });
  });

  test('stops when it is cancelled, and when it is deleted', async () => {
    const id = await checkFeature(0, { nContexts: 30, nNulls: 20, seed: 1 });
    expect(await cancelCausalCheck(db, id)).toBe('cancelled');
    const deleted = await checkFeature(1, { nContexts: 30, nNulls: 20, seed: 1 });
    await db.prisma.causalCheck.delete({ where: { id: deleted } });
    // Whoever worked on them has let go once a later one is done: checks wait for each other.
    const later = await checkFeature(2);
    await ended(later);
    expect(await readCheck(id)).toMatchObject({ status: 'cancelled', result: null });
    expect(await db.prisma.causalCheck.findUnique({ where: { id: deleted } })).toBeNull();
  });
});

describe('a ranking, by a worker', { timeout: 120_000 }, () => {
  test('orders the features by what the model loses, beside their peers, and the same again', async () => {
    const id = await rank();
    await ended(id);
    const row = await readCheck(id);
    expect(row).toMatchObject({ status: 'succeeded', failure: null, kind: 'run' });
    const result = rankingResultSchema.parse(row.result);
    expect(result.features).toHaveLength(6);
    expect(result.nContexts).toBe(8);
    const costs = result.features.map(({ onAllText }) => onAllText.mean);
    expect(costs).toEqual([...costs].sort((a, b) => b - a));
    const indices = new Set(result.features.map(({ featureIndex }) => featureIndex));
    for (const { peer, onAllText } of result.features) {
      expect(indices).not.toContain(peer?.featureIndex);
      expect(onAllText.nTokens).toBe(result.nTokens);
    }
    const heaviest = await db.prisma.feature.findMany({ where: { runId } });
    const mass = ({ density, meanActivation }: { density: number; meanActivation: number }) => density * meanActivation;
    heaviest.sort((a, b) => mass(b) - mass(a));
    expect(indices).toEqual(new Set(heaviest.slice(0, 6).map(({ index }) => index)));
    const again = await rank();
    await ended(again);
    expect((await readCheck(again)).result).toEqual(row.result);
    // The run itself took no notice.
    expect(await db.prisma.run.findUniqueOrThrow({ where: { id: runId } })).toMatchObject({
      status: 'succeeded',
      stage: 'done',
    });
  });

  test('goes back to the queue when the worker stops, and another one does it', async () => {
    const id = await rank({ nFeatures: 60, nContexts: 60, seed: 1 });
    await waitFor(async () => (await readCheck(id)).progress !== null);
    await worker.stop();
    expect(await readCheck(id)).toMatchObject({ status: 'running', fence: 1 });
    expect(await queue.hasRanking(id)).toBe(true);
    worker = await startWorker({ db, queue, log, env });
    await ended(id);
    expect(await readCheck(id)).toMatchObject({ status: 'succeeded', fence: 2 });
  });

  test('is not begun when it was cancelled while it waited', async () => {
    const id = crypto.randomUUID();
    await insertCausalCheck(db.prisma, {
      ...{ id, runId, featureIndex: null, status: 'queued' },
      request: { nFeatures: 6, nContexts: 8, seed: 5 },
    });
    await cancelCausalCheck(db, id);
    await db.prisma.$transaction((transaction) => queue.enqueueRanking(transaction, id));
    await waitFor(async () => !(await queue.hasRanking(id)));
    expect(await readCheck(id)).toMatchObject({ status: 'cancelled', fence: 0 });
  });
});

test('what nobody works on is failed, and what somebody works on is not', async () => {
  const request = { nContexts: 5, nNulls: 0, seed: 1 };
  const [alone, fresh, withoutJob] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
  for (const id of [alone, fresh])
    await insertCausalCheck(db.prisma, { id, runId, featureIndex: 0, request, status: 'running' });
  await db.prisma.causalCheck.update({ where: { id: alone }, data: { createdAt: new Date(Date.now() - 100_000) } });
  await insertCausalCheck(db.prisma, { id: withoutJob, runId, featureIndex: null, request, status: 'queued' });
  expect(new Set(await failAbandonedChecks(db, queue))).toEqual(new Set([alone, withoutJob]));
  expect(await readCheck(alone)).toMatchObject({ status: 'failed', failure: { code: 'inference_unavailable' } });
  expect(await readCheck(fresh)).toMatchObject({ status: 'running' });
  // A process that comes back after all cannot take it again.
  expect(await claimCausalCheck(db, alone)).toBeNull();
});

test('goes with its run', async () => {
  expect(await db.prisma.causalCheck.count({ where: { runId } })).toBeGreaterThan(0);
  expect(await deleteRun(db, runId)).toBe('done');
  expect(await db.prisma.causalCheck.count({ where: { runId } })).toBe(0);
});
