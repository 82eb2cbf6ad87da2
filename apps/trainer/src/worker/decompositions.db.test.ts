import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { type Decomposition, decompositionSchema, runEstimateSchema, runSchema } from '@featurescope/contracts';
import { fromSaelensDirectory } from '@featurescope/sae';
import { DocumentWriter, readDictionary } from '@featurescope/store';
import { initTensor } from '@featurescope/tensor/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildInferenceApp } from '../inference/inference-app.ts';
import { createLog } from '../log.ts';
import { jsonHeaders, startTestServer, type TestServer } from '../server/test-server.testing.ts';
import { startWorker, type Worker } from './start-worker.ts';

const models = path.resolve(import.meta.dirname, '../../../../models');
const log = createLog('worker', 'warn');
let server: TestServer;
let worker: Worker;
let datasetId: string;

beforeAll(async () => {
  server = await startTestServer({ modelRoot: models });
  const { db, queue, dataDirectory } = server;
  const env = { ...process.env, FEATURESCOPE_DATA: dataDirectory, LOG_LEVEL: 'warn' };
  worker = await startWorker({ db, queue, log, env });
  datasetId = await bundledSample(150_000);
});
afterAll(async () => {
  await worker.stop();
  await server.close();
});

/** The first documents of the bundled dataset. */
async function bundledSample(characters: number): Promise<string> {
  const directory = path.join(models, 'featurescope-tiny', 'dataset');
  const [part] = readdirSync(directory).filter((file) => file.endsWith('.jsonl.gz'));
  const id = crypto.randomUUID();
  const writer = await DocumentWriter.create(server.context.store.datasetDirectory(id));
  let total = 0;
  for (const line of gunzipSync(readFileSync(path.join(directory, part)))
    .toString('utf8')
    .split('\n')) {
    if (!line || total >= characters) continue;
    const { text, name, kind } = JSON.parse(line);
    // One in five is held out, so that a small sample has enough of them.
    await writer.add({ text, name, kind, split: total % 5 === 0 ? 'heldout' : 'train' });
    total += text.length;
  }
  const { nDocuments, contentHash } = await writer.finish();
  await server.db.prisma.dataset.create({
    data: { id, name: 'sample', status: 'ready', format: 'jsonl', nDocuments, contentHash },
  });
  return id;
}

const post = (url: string, body: object) =>
  server.app.inject({ method: 'POST', url, headers: jsonHeaders, payload: JSON.stringify(body) });
const get = (url: string) => server.app.inject({ url, headers: jsonHeaders });
const readRun = (id: string) => server.db.prisma.run.findUniqueOrThrow({ where: { id } });

const settings = () => ({
  ...{ modelId: server.modelId, datasetId, hookName: 'blocks.2.hook_resid_post', nTokens: 12_000, seed: 1 },
});

async function launch(request: object): Promise<string> {
  const response = await post('/api/runs', { ...settings(), ...request });
  expect(response.json()).toEqual({ id: expect.any(String) });
  return response.json().id;
}

async function reaches(id: string, isThere: (run: Awaited<ReturnType<typeof readRun>>) => boolean): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const run = await readRun(id);
    if (isThere(run)) return performance.now() - startedAt;
    if (run.status === 'failed') throw new Error(JSON.stringify(run.failure));
    await sleep(20);
  }
}

async function finished(request: object) {
  const id = await launch(request);
  await reaches(id, ({ status }) => status === 'succeeded');
  const run = runSchema.parse((await get(`/api/runs/${id}`)).json());
  const decomposition = decompositionSchema.parse((await get(`/api/runs/${id}/decomposition`)).json());
  expect(run).toMatchObject({ origin: 'fitted', stage: 'done', nSteps: null, batchSize: null, learningRate: null });
  expect(run.nFeatures).toBe(run.nLatents);
  return { id, run, ...decomposition };
}

/** What a feature's page shows, and what steering with it does. */
async function browseAndSteer(runId: string, featureIndex: number): Promise<void> {
  const feature = (await get(`/api/runs/${runId}/features/${featureIndex}`)).json();
  expect(feature).toMatchObject({ index: featureIndex, dead: false });
  expect(feature.maxActivation).toBeGreaterThan(0);
  const examples = (await get(`/api/runs/${runId}/features/${featureIndex}/examples?band=top`)).json();
  expect(examples.examples.length).toBeGreaterThan(0);
  const { db } = server;
  const tensor = await initTensor();
  const secret = 'a secret of sixteen';
  const app = await buildInferenceApp({
    ...{ db, store: server.context.store, log, secret },
    tensor: () => ({ ...tensor, reason: null, matmulGflops: null }),
  });
  const headers = { 'x-featurescope-secret': secret };
  const id = crypto.randomUUID();
  const interventions = [{ featureIndex, mode: 'add', strength: 3 }];
  const request = { runId, prompt: 'The old man', nTokens: 6, seed: 1, temperature: 0, interventions };
  await db.prisma.steeringExperiment.create({ data: { id, runId, request, status: 'running' } });
  await app.inject({ method: 'POST', url: '/steering', payload: { experimentId: id }, headers });
  const experiment = () => db.prisma.steeringExperiment.findUniqueOrThrow({ where: { id } });
  while ((await experiment()).status === 'running') await sleep(20);
  const { status, result } = await experiment();
  expect(status).toBe('succeeded');
  expect(Math.max(...(result as { klPerToken: number[] }).klPerToken)).toBeGreaterThan(0.01);
  await app.close();
}

const archaic = [
  'And he said unto them, Go ye',
  'Thou shalt not covet',
  'And it came to pass in those days',
  'The LORD hath spoken unto me',
  'Blessed art thou among all',
  'He that hath ears, let him hear',
  'Woe unto thee, for thou hast',
  'Behold, I come unto you',
];
const modern = [
  'She looked out of the window and',
  'They walked down the street',
  'He had been thinking about the',
  'The doctor opened the door',
  'I do not know what he wants',
  'The train was late that morning',
  'We had dinner at his house',
  'She put her hat on the table',
];

test('PCA is fitted, measured, indexed, browsed and steered', { timeout: 600_000 }, async () => {
  const { id, run, result, request } = await finished({ architecture: 'pca', nComponents: 16 });
  expect(request).toMatchObject({ architecture: 'pca', nComponents: 16 });
  if (result?.kind !== 'pca') throw new Error(`The result is ${result?.kind}`);
  expect(result.varianceShares).toHaveLength(256);
  expect(result.varianceShares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
  expect(result.nRows).toBe(12_000);
  // All 16 signed components are active on every token, each at one of its poles.
  expect(run.evaluation?.l0).toBeCloseTo(16, 3);
  // Held-out text has about the variance that the sample had: what 16 components leave.
  const left = 1 - result.varianceShares.slice(0, 16).reduce((sum, share) => sum + share, 0);
  expect(Math.abs((run.evaluation?.fvu ?? 0) - left)).toBeLessThan(0.1 * left);
  const files = await readDictionary(server.context.store.dictionaryDirectory(id));
  const { config } = fromSaelensDirectory(files!['cfg.json'], files!['sae_weights.safetensors']);
  expect(config).toMatchObject({ architecture: 'standard', nLatents: 32 });
  const stages = (
    await server.db.prisma.event.findMany({ where: { subjectId: id, type: 'status' }, orderBy: { seq: 'asc' } })
  ).map(({ payload }) => (payload as { stage: string }).stage);
  expect([...new Set(stages)]).toEqual(['prepare', 'fit', 'evaluate', 'index', 'label', 'done']);
  await browseAndSteer(id, 0);
});

test('a CAV holds on examples left out and is tested against random ones', { timeout: 600_000 }, async () => {
  const { id, run, result } = await finished({
    ...{
      architecture: 'cav',
      positiveExamples: archaic,
      negativeExamples: modern,
      pooling: 'mean',
      regularization: 0.1,
    },
    tcav: { inputs: archaic.slice(0, 4), targets: [' thou', ' unto'], nRepeats: 6 },
  });
  if (result?.kind !== 'cav' || result.tcav === null) throw new Error('There is no TCAV');
  expect(run.nLatents).toBe(2);
  expect(result.heldOut).toMatchObject({ nPositive: 8, nNegative: 8, nFolds: 5 });
  expect(result.heldOut.balancedAccuracy).toBeGreaterThan(0.8);
  const { tcav } = result;
  expect(tcav.targets.map(({ word }) => word)).toEqual([' thou', ' unto']);
  expect(tcav.inputs).toHaveLength(4);
  // Towards the language of the old books, their words become likelier.
  expect(tcav.score).toBe(1);
  expect(tcav.meanDerivative).toBeGreaterThan(0);
  expect([tcav.conceptScores.length, tcav.randomScores.length]).toEqual([6, 6]);
  expect(tcav.pValue).toBeLessThanOrEqual(1);
  expect(run.resolvedConfig).toMatchObject({ positiveExamples: '8 texts', pooling: 'mean' });
  await browseAndSteer(id, 0);
});

describe('fitted and measured', { timeout: 300_000 }, () => {
  const small = { nTokens: 4000 };

  test('ICA', async () => {
    const { result, run } = await finished({ ...small, architecture: 'ica', nComponents: 12, k: 4 });
    expect(result).toMatchObject({ kind: 'ica', nRows: 4000 });
    expect(run.evaluation?.l0).toBeCloseTo(4, 3);
  });

  test('NMF', async () => {
    const { result, run } = await finished({ ...small, architecture: 'nmf', nComponents: 16, signs: 'split' });
    expect(result).toMatchObject({ kind: 'nmf', splitsSigns: true });
    // Fewer than all: the codes are sparse.
    expect(run.evaluation?.l0).toBeLessThan(16);
    expect(run.evaluation?.fvu).toBeLessThan(1);
  });

  test('random directions', async () => {
    const { run } = await finished({ ...small, architecture: 'random', nDirections: 64, k: 8 });
    expect(run.evaluation?.l0).toBeLessThanOrEqual(8);
    // The best gain never makes it worse than the mean.
    expect(run.evaluation?.fvu).toBeLessThan(1.02);
  });

  test('neurons', async () => {
    const { run } = await finished({ ...small, architecture: 'neurons' });
    expect(run.nLatents).toBe(512);
    // All dimensions with their signs are the activation itself.
    expect(run.evaluation?.fvu).toBeLessThan(1e-8);
  });

  test('a difference of means', async () => {
    const { result } = await finished({
      ...{ ...small, architecture: 'meanDifference', pooling: 'last' },
      ...{ positiveExamples: archaic, negativeExamples: modern },
    });
    expect(result).toMatchObject({ kind: 'meanDifference', tcav: null, heldOut: { nPositive: 8 } });
  });
});

test('negative activations are refused where nothing is said of them', { timeout: 300_000 }, async () => {
  const id = await launch({ nTokens: 1000, architecture: 'nmf', nComponents: 4, signs: 'refuse' });
  await reaches(id, ({ status }) => status === 'failed').catch(() => {});
  const { failure } = await readRun(id);
  expect(failure).toMatchObject({ code: 'invalid_configuration', retryable: false });
  expect((failure as { message: string }).message).toMatch(
    /% of the activations at blocks.2.hook_resid_post are below 0/,
  );
});

test('a fit is paused and begun again; what is fitted is not fitted twice', { timeout: 300_000 }, async () => {
  const id = await launch({ architecture: 'nmf', nComponents: 24, signs: 'split', nTokens: 8000 });
  await reaches(
    id,
    ({ stage, progress }) => stage === 'fit' && (progress as { done?: number } | null)?.done !== undefined,
  );
  await post(`/api/runs/${id}/pause`, {});
  await reaches(id, ({ status }) => status === 'paused');
  expect(((await readRun(id)).decomposition as Decomposition).result).toBeNull();
  await post(`/api/runs/${id}/resume`, {});
  await reaches(id, ({ status }) => status === 'succeeded');
  const fitted = (await readRun(id)).decomposition;
  await server.db.prisma.run.update({ where: { id }, data: { status: 'queued', stage: 'evaluate', finishedAt: null } });
  await server.db.prisma.$transaction((transaction) => server.queue.enqueue(transaction, 'train', { runId: id }));
  await reaches(id, ({ status }) => status === 'succeeded');
  expect((await readRun(id)).decomposition).toEqual(fitted);
  const told = await server.db.prisma.event.findMany({ where: { subjectId: id, type: 'log' } });
  const messages = told.map(({ payload }) => (payload as { message: string }).message);
  expect(messages.filter((message) => message.startsWith('Fitted on'))).toHaveLength(1);
});

test('requests that cannot be are refused by field, and estimates say what a fit takes', async () => {
  const errorOf = async (request: object) => (await post('/api/runs', { ...settings(), ...request })).json().error;
  expect(await errorOf({ architecture: 'pca', nComponents: 300 })).toMatchObject({
    ...{ field: 'nComponents', code: 'unprocessable' },
    message: expect.stringContaining('nComponents is 300'),
  });
  expect(await errorOf({ architecture: 'pca', nComponents: 8, k: 9 })).toMatchObject({ field: 'k' });
  expect(await errorOf({ architecture: 'ica', nComponents: 200, nTokens: 9_000_000 })).toMatchObject({
    field: 'nTokens',
  });
  expect(await errorOf({ architecture: 'random', nDirections: 8, nLatents: 8 })).toMatchObject({ field: 'nLatents' });
  const concept = {
    architecture: 'cav',
    positiveExamples: archaic,
    negativeExamples: modern,
    pooling: 'mean',
    regularization: 1,
  };
  expect(await errorOf({ ...concept, positiveExamples: ['one'] })).toMatchObject({ field: 'positiveExamples' });
  const tcav = { inputs: archaic, targets: [' thou'], nRepeats: 5 };
  expect(await errorOf({ ...concept, tcav, hookName: 'blocks.2.hook_mlp_out' })).toMatchObject({ field: 'hookName' });
  const wide = await post('/api/runs/estimate', { ...settings(), architecture: 'pca', nComponents: 8 });
  const estimate = runEstimateSchema.parse(wide.json());
  expect(estimate.breakdown.map(({ stage }) => stage)).toEqual(['prepare', 'fit', 'evaluate', 'index', 'label']);
  expect(estimate.seconds).toBeGreaterThan(0);
  const trained = { architecture: 'topk', nLatents: 64, k: 4, batchSize: 256, learningRate: 0.001 };
  const { id } = (await post('/api/runs', { ...settings(), nTokens: 10_000, ...trained })).json();
  expect((await get(`/api/runs/${id}/decomposition`)).statusCode).toBe(404);
  await post(`/api/runs/${id}/cancel`, {});
});
