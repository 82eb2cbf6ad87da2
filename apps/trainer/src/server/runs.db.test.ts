import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { runEstimateSchema, runListSchema, runSchema } from '@featurescope/contracts';
import { appendEvent, upsertMetrics } from '@featurescope/db';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insertTestFeatures } from './feature-fixture.testing.ts';
import { insertTestDataset, jsonHeaders, startTestServer, type TestServer } from './test-server.testing.ts';

let server: TestServer;
let datasetId: string;
beforeAll(async () => {
  server = await startTestServer();
  datasetId = await insertTestDataset(server.db);
});
afterAll(() => server.close());

const settings = () => ({
  modelId: server.modelId,
  datasetId,
  hookName: 'blocks.2.hook_resid_post',
  architecture: 'topk',
  nLatents: 512,
  k: 16,
  nTokens: 100_000,
  batchSize: 512,
  learningRate: 0.001,
  seed: 1,
});

const matryoshka = { architecture: 'matryoshka', k: 16 };
const jumprelu = { architecture: 'jumprelu', k: undefined, targetL0: 16 };

const post = (url: string, body: unknown = undefined) =>
  server.app.inject({
    method: 'POST',
    url,
    headers: jsonHeaders,
    payload: body === undefined ? '' : JSON.stringify(body),
  });
const get = (url: string) => server.app.inject({ url, headers: jsonHeaders });

async function createRun(overrides: object = {}): Promise<string> {
  const response = await post('/api/runs', { ...settings(), ...overrides });
  expect(response.json()).toEqual({ id: expect.any(String) });
  expect(response.statusCode).toBe(201);
  return response.json().id;
}

describe('creating', () => {
  test('a run is queued with its job, its first event and every value that it rests on', async () => {
    const before = await server.queue.length();
    const id = await createRun({ name: 'Mine' });
    expect(await server.queue.length()).toBe(before + 1);
    const run = runSchema.parse((await get(`/api/runs/${id.toUpperCase()}`)).json());
    expect(run).toMatchObject({ id, name: 'Mine', status: 'queued', stage: 'prepare', nSteps: 196, lastSeq: 1, k: 16 });
    expect(run.resolvedConfig).toMatchObject({ dModel: 256, contextSize: 256, seed: 1 });
    expect(run.provenance.datasetHash).toBe('hash');
    // The worker replaces the resolved configuration, and files change: what the run began with stays on record.
    await server.db.prisma.run.update({ where: { id }, data: { resolvedConfig: { beta1: 0.9 } } });
    await server.db.prisma.dataset.update({ where: { id: datasetId }, data: { contentHash: 'another' } });
    const later = runSchema.parse((await get(`/api/runs/${id}`)).json());
    expect(later.provenance.datasetHash).toBe('hash');
    expect(later.resolvedConfig).toMatchObject({ beta1: 0.9, nTokens: 100_000, hookName: 'blocks.2.hook_resid_post' });
    const list = runListSchema.parse((await get('/api/runs')).json());
    expect(list.runs[0].id).toBe(id);
  });

  test.each([
    ['an unknown field', { extra: 1 }, 400, 'invalid_request', 'extra'],
    ['more kept latents than there are', { k: 600 }, 400, 'invalid_request', 'k'],
    ['a number as text', { nLatents: '512' }, 400, 'invalid_request', 'nLatents'],
    ['a missing field', { seed: undefined }, 400, 'invalid_request', 'seed'],
    ['an unknown architecture', { architecture: 'relu6' }, 400, 'invalid_request', 'architecture'],
    ['another architecture’s field', { l1Coefficient: 1 }, 400, 'invalid_request', 'l1Coefficient'],
    ['a preset that is none', { preset: 'best' }, 400, 'invalid_request', 'preset'],
    [
      'nested widths that do not ascend',
      { ...matryoshka, prefixes: [64, 32, 512] },
      400,
      'invalid_request',
      'prefixes',
    ],
    ['nested widths that end early', { ...matryoshka, prefixes: [64, 256] }, 400, 'invalid_request', 'prefixes'],
    ['JumpReLU without a price', { ...jumprelu, targetL0: undefined }, 400, 'invalid_request', 'l0Coefficient'],
    [
      'a target that is not steered to',
      { ...jumprelu, sparsityLoss: 'tanh', l0Coefficient: 1 },
      400,
      'invalid_request',
      'targetL0',
    ],
    ['NUL in a name', { name: 'a\u0000b' }, 400, 'invalid_request', undefined],
    ['a model that is none', { modelId: crypto.randomUUID() }, 422, 'unprocessable', 'modelId'],
    ['a dataset that is none', { datasetId: crypto.randomUUID() }, 422, 'unprocessable', 'datasetId'],
    ['a hook that is none', { hookName: 'blocks.9.hook_resid_post' }, 422, 'unsupported_hook', 'hookName'],
  ])('%s is refused and named, and nothing is queued', async (_name, change, status, code, field) => {
    const before = [await server.queue.length(), await server.db.prisma.run.count()];
    const response = await post('/api/runs', { ...settings(), ...change });
    expect(response.statusCode).toBe(status);
    expect(response.json().error).toMatchObject({ code, ...(field ? { field } : {}) });
    expect([await server.queue.length(), await server.db.prisma.run.count()]).toEqual(before);
  });

  test.each([
    [
      { architecture: 'batchtopk', k: 8 },
      { k: 8, l1Coefficient: null, architectureOptions: {} },
    ],
    [
      { architecture: 'matryoshka', k: 8, prefixes: [64, 512] },
      { k: 8, l1Coefficient: null, architectureOptions: { prefixes: [64, 512] } },
    ],
    [
      { architecture: 'jumprelu', k: undefined, targetL0: 16 },
      { k: null, l1Coefficient: null, architectureOptions: { sparsityLoss: 'quadratic', targetL0: 16 } },
    ],
    [
      { architecture: 'jumprelu', k: undefined, sparsityLoss: 'tanh', l0Coefficient: 0.5 },
      { k: null, l1Coefficient: null, architectureOptions: { sparsityLoss: 'tanh', l0Coefficient: 0.5 } },
    ],
    [
      { architecture: 'gated', k: undefined, l1Coefficient: 2 },
      { k: null, l1Coefficient: 2, architectureOptions: {} },
    ],
  ])('%o keeps its options and says them', async (choice, kept) => {
    const id = await createRun({ ...choice, preset: 'saelens' });
    const run = runSchema.parse((await get(`/api/runs/${id}`)).json());
    expect(run).toMatchObject({ architecture: choice.architecture, preset: 'saelens', ...kept });
    expect(run.architectureOptions).toEqual(kept.architectureOptions);
    const usual = runSchema.parse((await get(`/api/runs/${await createRun(choice)}`)).json());
    expect(usual.preset).toBe('featurescope');
    const estimate = await post('/api/runs/estimate', { ...settings(), ...choice });
    expect(runEstimateSchema.parse(estimate.json()).seconds).toBeGreaterThan(0);
  });

  test('a run from before there were options is shown', async () => {
    const id = await createRun();
    await server.db.pool.query(
      `UPDATE "Run" SET "architectureOptions" = DEFAULT, "preset" = DEFAULT, "resolvedConfig" = '{}' WHERE "id" = $1`,
      [id],
    );
    const run = runSchema.parse((await get(`/api/runs/${id}`)).json());
    expect(run).toMatchObject({ architecture: 'topk', k: 16, architectureOptions: {}, preset: 'featurescope' });
  });

  test('a dataset that is not ready is refused', async () => {
    const id = crypto.randomUUID();
    await server.db.prisma.dataset.create({ data: { id, name: 'half', status: 'ingesting', format: 'txt' } });
    const response = await post('/api/runs', { ...settings(), datasetId: id });
    expect(response.json().error).toMatchObject({ code: 'unprocessable', field: 'datasetId' });
  });

  test('an estimate grows with the work and says what it rests on', async () => {
    const small = runEstimateSchema.parse((await post('/api/runs/estimate', settings())).json());
    const large = runEstimateSchema.parse(
      (await post('/api/runs/estimate', { ...settings(), nTokens: 10_000_000 })).json(),
    );
    const train = (estimate: typeof small) => estimate.breakdown.find((part) => part.stage === 'train')?.seconds ?? 0;
    expect(train(large) / train(small)).toBeCloseTo(100, 5);
    expect(small.seconds).toBeCloseTo(
      small.breakdown.reduce((sum, part) => sum + part.seconds, 0),
      6,
    );
    expect(small.basis).toMatch(/assumed/);
    expect(small.nSteps).toBe(196);
  });
});

describe('pausing, resuming, cancelling', () => {
  test('a waiting run changes at once and logs it', async () => {
    const id = await createRun();
    expect((await post(`/api/runs/${id}/pause`)).json()).toMatchObject({
      status: 'paused',
      desiredState: 'pause',
      lastSeq: 2,
    });
    expect((await post(`/api/runs/${id}/resume`)).json()).toMatchObject({
      status: 'queued',
      desiredState: 'run',
      lastSeq: 3,
    });
    expect((await post(`/api/runs/${id}/cancel`)).json()).toMatchObject({ status: 'cancelled', lastSeq: 4 });
    expect((await post(`/api/runs/${id}/pause`)).json().error).toMatchObject({ code: 'conflict' });
    expect((await post(`/api/runs/${id}/resume`)).json()).toMatchObject({ status: 'queued', finishedAt: null });
  });

  test('of a running run only the wish changes: the worker acts on it', async () => {
    const id = await createRun();
    await server.db.prisma.run.update({ where: { id }, data: { status: 'running' } });
    expect((await post(`/api/runs/${id}/pause`)).json()).toMatchObject({ status: 'running', desiredState: 'pause' });
    expect((await post(`/api/runs/${id}/resume`)).json()).toMatchObject({ status: 'running', desiredState: 'run' });
    expect((await post(`/api/runs/${id}/cancel`)).json()).toMatchObject({ status: 'running', desiredState: 'cancel' });
  });

  test('resume gives a run a job again that lost it', async () => {
    const id = await createRun();
    await server.db.pool.query('DELETE FROM pgboss.job WHERE "singleton_key" = $1', [id]);
    const jobs = () => server.queue.boss.findJobs('train', { data: { runId: id } });
    expect(await jobs()).toHaveLength(0);
    for (let i = 0; i < 2; i++) {
      expect((await post(`/api/runs/${id}/resume`)).json()).toMatchObject({ status: 'queued', desiredState: 'run' });
      expect(await jobs()).toHaveLength(1);
    }
  });

  test('a run that failed while labelling goes on with labelling', async () => {
    const id = await createRun();
    const failure = { code: 'worker_lost', message: 'gone', step: null, retryable: true };
    await server.db.prisma.run.update({ where: { id }, data: { status: 'failed', stage: 'label', failure } });
    expect((await post(`/api/runs/${id}/resume`)).json()).toMatchObject({
      status: 'queued',
      stage: 'label',
      failure: null,
    });
    const jobs = await server.queue.boss.findJobs('label', { data: { runId: id } });
    expect(jobs).toHaveLength(1);
  });

  test('a run that succeeded is left alone', async () => {
    const id = await createRun();
    await server.db.prisma.run.update({ where: { id }, data: { status: 'succeeded', stage: 'done' } });
    for (const action of ['pause', 'cancel', 'resume'])
      expect((await post(`/api/runs/${id}/${action}`)).statusCode).toBe(409);
  });
});

describe('curves', () => {
  const point = (step: number) => ({
    step,
    tokens: step * 512,
    loss: 1 / step,
    mse: 1,
    fvu: 1 / step,
    l0: 16,
    l1: 3,
    auxLoss: 0,
    deadShare: 0.1,
    gradNorm: 1,
    learningRate: 0.001,
    tokensPerSecond: 9000,
  });

  test('are thinned evenly and keep the newest point', async () => {
    const id = await createRun();
    await server.db.prisma.$transaction((transaction) =>
      upsertMetrics(
        transaction,
        id,
        Array.from({ length: 95 }, (_, i) => point(i + 1)),
      ),
    );
    const steps = async (query: string) =>
      (await get(`/api/runs/${id}/metrics${query}`)).json().metrics.map((metric: { step: number }) => metric.step);
    expect(await steps('')).toHaveLength(95);
    expect(await steps('?maxPoints=10')).toEqual([5, 15, 25, 35, 45, 55, 65, 75, 85, 95]);
    expect(await steps('?afterStep=93')).toEqual([94, 95]);
    const run = (await get(`/api/runs/${id}`)).json();
    expect(run.latest).toMatchObject({ fvu: 1 / 95, tokensPerSecond: 9000 });
    expect(run.fvuSparkline).toHaveLength(40);
    expect(run.fvuSparkline.at(-1)).toBe(1 / 95);
    expect((await get(`/api/runs/${id}/metrics?maxPoints=1`)).statusCode).toBe(400);
  });
});

describe('deleting', () => {
  test('takes rows, events and files along', async () => {
    const id = await createRun();
    await insertTestFeatures(server.db, id, [{ index: 0 }, { index: 1 }]);
    await server.db.prisma.steeringExperiment.create({
      data: { id: crypto.randomUUID(), runId: id, request: {}, status: 'running' },
    });
    const directory = server.context.store.dictionaryDirectory(id);
    await mkdir(directory, { recursive: true });
    await writeFile(`${directory}/cfg.json`, '{"d_in": 256}');
    const file = await get(`/api/runs/${id}/dictionary/cfg.json`);
    expect([file.statusCode, file.json(), file.headers['content-disposition']]).toEqual([
      200,
      { d_in: 256 },
      'attachment; filename="cfg.json"',
    ]);
    expect((await get(`/api/runs/${id}/dictionary/sae_weights.safetensors`)).statusCode).toBe(404);

    const response = await server.app.inject({ method: 'DELETE', url: `/api/runs/${id}`, headers: jsonHeaders });
    expect([response.statusCode, response.body]).toEqual([204, '']);
    expect(existsSync(server.context.store.runDirectory(id))).toBe(false);
    expect(await server.db.prisma.feature.count({ where: { runId: id } })).toBe(0);
    expect(await server.db.prisma.event.count({ where: { subjectId: id } })).toBe(0);
    expect((await get(`/api/runs/${id}`)).statusCode).toBe(404);
  });

  test('is refused while a worker holds the run', async () => {
    const id = await createRun();
    await server.db.prisma.run.update({ where: { id }, data: { status: 'running' } });
    const response = await server.app.inject({ method: 'DELETE', url: `/api/runs/${id}`, headers: jsonHeaders });
    expect(response.json().error).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Cancel it first'),
    });
    await server.db.prisma.$transaction((transaction) =>
      appendEvent(transaction, { kind: 'run', id }, { type: 'log', payload: { level: 'info', message: 'still here' } }),
    );
  });
});
