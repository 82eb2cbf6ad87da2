import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDb, resumeRun, stopRun } from '@featurescope/db';
import { decodeExamples } from '@featurescope/interp/examples';
import { fromSaelensDirectory } from '@featurescope/sae';
import { readDictionary, Store } from '@featurescope/store';
import { initTensor } from '@featurescope/tensor/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildInferenceApp } from '../inference/inference-app.ts';
import { createLog } from '../log.ts';
import { type Queue, runQueue, startQueue } from '../queue.ts';
import { startWorker, type Worker } from './start-worker.ts';
import { createSmallRun, createSmallSubject } from './testing/small-run.ts';

const databaseUrl = process.env.DATABASE_URL as string;
const dataDirectory = mkdtempSync(path.join(tmpdir(), 'featurescope-pipeline-'));
const store = new Store(dataDirectory);
const db = createDb(databaseUrl);
const log = createLog('worker', 'warn');
const env = { ...process.env, DATABASE_URL: databaseUrl, FEATURESCOPE_DATA: dataDirectory, LOG_LEVEL: 'warn' };
let queue: Queue;
let worker: Worker;
let subject: Awaited<ReturnType<typeof createSmallSubject>>;

beforeAll(async () => {
  subject = await createSmallSubject(db, store);
  queue = await startQueue({ databaseUrl, onError: (error) => log.warn({ err: error }, 'queue') });
  worker = await startWorker({ db, queue, log, env });
});
afterAll(async () => {
  await worker.stop();
  await queue.stop();
  await db.close();
  rmSync(dataDirectory, { recursive: true, force: true });
});

async function launch(options: Parameters<typeof createSmallRun>[2]): Promise<string> {
  const runId = await createSmallRun(db, subject, options);
  await db.prisma.$transaction((transaction) => queue.enqueue(transaction, 'train', { runId }));
  return runId;
}

const readRun = (id: string) => db.prisma.run.findUniqueOrThrow({ where: { id } });

/** Waits until the run is in a state; fails when it ends in another. */
async function reaches(runId: string, isThere: (run: Awaited<ReturnType<typeof readRun>>) => boolean): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const run = await readRun(runId);
    if (isThere(run)) return performance.now() - startedAt;
    if (run.status === 'failed') throw new Error(JSON.stringify(run.failure));
    await sleep(20);
  }
}

test('a run is trained, evaluated, indexed and labelled, and can then be asked and steered', {
  timeout: 300_000,
}, async () => {
  const runId = await launch({ nSteps: 80 });
  await reaches(runId, ({ status }) => status === 'succeeded');
  const run = await readRun(runId);
  expect(run).toMatchObject({ stage: 'done', step: 80, nFeatures: 96, failure: null });
  expect(run.evaluation).toMatchObject({ version: 2, l0: expect.closeTo(8, 0), nTokens: expect.any(Number) });
  const { fvu, deltaCe } = run.evaluation as { fvu: number; deltaCe: number };
  expect(fvu).toBeLessThan(0.5);
  // The fixture's weights are random: no ablation harms it, so there is no share to recover.
  expect(deltaCe).toBeLessThan(0.1);

  const features = await db.prisma.feature.findMany({ where: { runId }, orderBy: { density: 'desc' } });
  expect(features).toHaveLength(96);
  const labels = await db.prisma.label.findMany({ where: { runId } });
  expect(labels).toHaveLength(96);
  expect(run.nLabelled).toBe(labels.filter(({ status }) => status === 'scored').length);
  expect(run.nLabelled).toBeGreaterThan(0);
  const evidence = await db.prisma.featureEvidence.findMany({ where: { runId } });
  const stored = new Set((await db.prisma.context.findMany({ select: { index: true } })).map(({ index }) => index));
  for (const { examples } of evidence) {
    const { top, bands, random, nearMisses } = decodeExamples(examples);
    for (const { contextIndex } of [top, ...bands, random, nearMisses].flat()) expect(stored).toContain(contextIndex);
  }
  const files = await readDictionary(store.dictionaryDirectory(runId));
  expect(fromSaelensDirectory(files!['cfg.json'], files!['sae_weights.safetensors']).config.nLatents).toBe(96);
  const events = await db.prisma.event.findMany({ where: { subjectId: runId }, orderBy: { seq: 'asc' } });
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1));
  const stages = events
    .filter(({ type }) => type === 'status')
    .map(({ payload }) => (payload as { stage: string }).stage);
  expect([...new Set(stages)]).toEqual(['prepare', 'train', 'evaluate', 'index', 'label', 'done']);

  await asksInference(runId, features[0].index);
});

async function asksInference(runId: string, featureIndex: number): Promise<void> {
  const tensor = await initTensor();
  const app = await buildInferenceApp({
    ...{ db, store, log },
    secret: 'a secret of sixteen',
    tensor: () => ({ ...tensor, reason: null, matmulGflops: null }),
  });
  const post = (url: string, payload: object, secret = 'a secret of sixteen') =>
    app.inject({ method: 'POST', url, payload, headers: { 'x-featurescope-secret': secret } });
  expect((await post('/activations', { runId, text: 'fox' }, 'another')).statusCode).toBe(401);

  const activations = (await post('/activations', { runId, text: 'the lazy dog', featureIndex })).json();
  expect(activations.tokens[0]).toMatchObject({ special: true, features: [] });
  expect(activations.maxActivation).toBeGreaterThan(0);
  const indices = activations.tokens.flatMap(({ features }: { features: { index: number }[] }) => features);
  expect(new Set(indices.map(({ index }: { index: number }) => index))).toEqual(new Set([featureIndex]));
  expect((await post('/activations', { runId, text: 'word '.repeat(200) })).json().error.code).toBe('prompt_too_long');

  const label = (await post('/explain', { runId, featureIndex })).json();
  const storedLabel = await db.prisma.label.findUniqueOrThrow({
    where: { runId_featureIndex: { runId, featureIndex } },
  });
  expect(storedLabel).toMatchObject({ text: label.text, score: label.score });

  const steer = async (request: object) => {
    const id = crypto.randomUUID();
    const whole = { runId, prompt: 'seven small', nTokens: 12, seed: 1, temperature: 0, ...request };
    await db.prisma.steeringExperiment.create({ data: { id, runId, request: whole, status: 'running' } });
    const response = await post('/steering', { experimentId: id });
    return { id, response };
  };
  const clamp = [{ featureIndex, mode: 'clamp', strength: 8 }];
  const tooLong = await steer({ interventions: clamp, prompt: 'word '.repeat(30) });
  expect(tooLong.response.json().error).toMatchObject({ code: 'prompt_too_long', field: 'prompt' });

  const { id, response } = await steer({ interventions: clamp });
  expect(response.statusCode).toBe(202);
  for (;;) {
    const { status } = await db.prisma.steeringExperiment.findUniqueOrThrow({ where: { id } });
    if (status !== 'running') break;
    await sleep(20);
  }
  const experiment = await db.prisma.steeringExperiment.findUniqueOrThrow({ where: { id } });
  expect(experiment.status).toBe('succeeded');
  const lanes = experiment.lanes as Record<string, { tokenId: number }[]>;
  expect(Object.keys(lanes).sort()).toEqual(['baseline', 'control', 'steered']);
  const result = experiment.result as {
    klPerToken: number[];
    achieved: { requestedMean: number; baselineMean: number }[];
  };
  expect(result.klPerToken).toHaveLength(lanes.baseline.length);
  expect(Math.max(...result.klPerToken)).toBeGreaterThan(0.001);
  expect(result.achieved[0].requestedMean).toBeGreaterThan(result.achieved[0].baselineMean);
  const told = await db.prisma.event.findMany({ where: { subjectId: id, type: 'tokens' }, orderBy: { seq: 'asc' } });
  const toldTokens = told.map(
    ({ payload }) => payload as { lane: string; start: number; tokens: { tokenId: number }[] },
  );
  for (const lane of ['baseline', 'steered', 'control'])
    expect(toldTokens.filter((event) => event.lane === lane).flatMap(({ tokens }) => tokens)).toEqual(lanes[lane]);
  await app.close();
}

test('a run that reuses stored activations learns and finds what the one that harvested them did', {
  timeout: 300_000,
}, async () => {
  const ofRun = async (runId: string) => {
    await reaches(runId, ({ status }) => status === 'succeeded');
    const run = await readRun(runId);
    const metrics = await db.prisma.metric.findMany({ where: { runId }, orderBy: { step: 'asc' } });
    const features = await db.prisma.feature.findMany({ where: { runId }, orderBy: { index: 'asc' } });
    return { run, losses: metrics.map(({ loss }) => loss), firings: features.map(({ nFiring }) => nFiring) };
  };
  const options = { nSteps: 40, activations: 'store' as const };
  const first = await ofRun(await launch(options));
  const second = await ofRun(await launch(options));
  const streamed = await ofRun(await launch({ nSteps: 40 }));
  expect(first.run.activationUse).toMatchObject({ nShards: 1, harvested: 1, reused: 0 });
  expect(second.run.activationUse).toMatchObject({ nShards: 1, harvested: 0, reused: 1 });
  expect(second.losses).toEqual(first.losses);
  expect(second.firings).toEqual(first.firings);
  // Indexed from shards and by the model together: every token that a streamed run reads.
  expect(first.run.nIndexedTokens).toBe(streamed.run.nIndexedTokens);
  expect(second.run.nIndexedTokens).toBe(streamed.run.nIndexedTokens);
  expect(streamed.run).toMatchObject({ activationUse: null, activationSetId: null });
});

test('pause and cancel take effect in under 3 s and keep what was learnt; resume goes on', {
  timeout: 300_000,
}, async () => {
  const runId = await launch({ nSteps: 50_000 });
  await reaches(runId, ({ step }) => step >= 50);
  await stopRun(db, runId, 'pause');
  expect(await reaches(runId, ({ status }) => status === 'paused')).toBeLessThan(3000);
  const { step } = await readRun(runId);
  const [checkpoint] = await db.prisma.checkpoint.findMany({ where: { runId }, orderBy: { step: 'desc' } });
  expect(checkpoint.step).toBe(step);

  await resumeRun(db, runId, runQueue(queue));
  await reaches(runId, (run) => run.step > step + 50);
  await stopRun(db, runId, 'cancel');
  expect(await reaches(runId, ({ status }) => status === 'cancelled')).toBeLessThan(3000);
  expect((await readRun(runId)).step).toBeGreaterThan(step + 50);
  expect(await readDictionary(store.dictionaryDirectory(runId))).not.toBeNull();
});

test('a run that diverges fails with the step and the cause', { timeout: 300_000 }, async () => {
  const runId = await launch({ nSteps: 5000, learningRate: 1 });
  await reaches(runId, ({ status }) => status === 'succeeded').catch(() => {});
  const run = await readRun(runId);
  expect(run.status).toBe('failed');
  expect(run.failure).toMatchObject({ code: 'diverged', retryable: false, step: expect.any(Number) });
});
