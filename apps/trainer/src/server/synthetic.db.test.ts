import {
  comparableRunsSchema,
  featureDetailSchema,
  featurePageSchema,
  runEstimateSchema,
  runRecoverySchema,
  runSchema,
  truthListSchema,
} from '@featurescope/contracts';
import { readFeatureNames, storeRecoveredFeatures, storeTruths, upsertRecoveryPoint } from '@featurescope/db';
import { encodeExamples } from '@featurescope/interp/examples';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertTestDataset, jsonHeaders, startTestServer, type TestServer } from './test-server.testing.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const generator = {
  nTruths: 8,
  dModel: 4,
  activity: { kind: 'range', min: 1, max: 3 },
  magnitude: { kind: 'uniform', min: 0.5, max: 2 },
  nSamples: 5000,
};
const settings = {
  source: 'synthetic',
  generator,
  architecture: 'topk',
  k: 3,
  nLatents: 32,
  nTokens: 100_000,
  batchSize: 100,
  learningRate: 0.001,
  seed: 3,
};

const request = (method: 'GET' | 'POST' | 'DELETE', url: string, body?: unknown) =>
  server.app.inject({
    method,
    url,
    headers: jsonHeaders,
    payload: body === undefined ? undefined : JSON.stringify(body),
  });
const get = (url: string) => request('GET', url);
const post = (url: string, body: unknown = {}) => request('POST', url, body);

async function create(): Promise<string> {
  const response = await post('/api/runs', settings);
  expect(response.statusCode).toBe(201);
  return response.json().id;
}

/** As the index job leaves it: one truth found by latent 5, one by none. */
async function index(runId: string): Promise<void> {
  const none = new Uint8Array(encodeExamples({ top: [], bands: [[], [], [], []], random: [], nearMisses: [] }));
  const truth = { density: 0.25, precision: 0.9, recall: 0.8, latents: [5, 1], cosines: [0.97, -0.2] };
  await server.db.prisma.$transaction(async (transaction) => {
    await storeTruths(transaction, runId, [
      { index: 0, latent: null, cosine: 0, ...truth },
      { index: 1, latent: 5, cosine: 0.97, ...truth },
    ]);
    await storeRecoveredFeatures(transaction, runId, [
      {
        index: 5,
        best: { index: 1, cosine: 0.97 },
        second: { index: 0, cosine: 0.3 },
        matched: true,
        precision: 0.9,
        recall: 0.8,
        classPurity: null,
        samples: [{ activation: 1.5, truths: [{ index: 1, magnitude: 1.6 }] }],
      },
    ]);
    const feature = { runId, index: 5, dead: false, density: 0.2, nFiring: 10, maxActivation: 1.5, meanActivation: 1 };
    const noTokens = { topTokenIds: [], topTokenValues: [] };
    await transaction.feature.create({ data: { ...feature, ...noTokens, searchTokenIds: [] } });
    await transaction.featureEvidence.create({
      data: {
        ...{ runId, index: 5, direction: new Uint8Array(16), histogram: [10], quantileBorders: [] },
        ...{ bottomTokenIds: [], bottomTokenValues: [], neighbourIndices: [2, 5], neighbourCosines: [0.4, 1] },
        ...{ examples: none, listExample: none },
      },
    });
    await transaction.run.update({ where: { id: runId }, data: { nFeatures: 32, nIndexedTokens: 50 } });
  });
}

test('a run needs no model and no dataset, and is shown with its generator', async () => {
  const id = await create();
  const run = runSchema.parse((await get(`/api/runs/${id}`)).json());
  expect(run).toMatchObject({
    source: 'synthetic',
    synthetic: { nTruths: 8, dModel: 4, words: '8 truths in 4 dimensions' },
    modelId: null,
    datasetId: null,
    name: 'Synthetic · 8 truths in 4 dimensions · 32 latents',
    status: 'queued',
    nSteps: 1000,
    k: 3,
    resolvedConfig: { generator: { ...generator, directions: 'random', seed: 0 }, seed: 3 },
  });
  expect((await get('/api/runs')).json().runs.map((one: { id: string }) => one.id)).toContain(id);
});

test('what is wrong with a generator is said with its field', async () => {
  const wrong = { ...settings, generator: { ...generator, activity: { kind: 'range', min: 1, max: 9 } } };
  const response = await post('/api/runs', wrong);
  expect(response.statusCode).toBe(400);
  expect(response.json().error).toMatchObject({ field: 'generator.activity.max' });
  expect(response.json().error.message).toContain('there are only 8 truths');
  expect((await post('/api/runs', { ...settings, modelId: server.modelId })).statusCode).toBe(400);
});

test('an estimate is that of training on samples', async () => {
  const estimate = runEstimateSchema.parse((await post('/api/runs/estimate', settings)).json());
  expect(estimate.nSteps).toBe(1000);
  expect(estimate.seconds).toBeGreaterThan(1);
  expect(estimate.breakdown.map(({ stage }) => stage)).toEqual(['prepare', 'train', 'evaluate', 'index']);
  const wider = {
    ...settings,
    nLatents: 8192,
    generator: { ...generator, dModel: 512, nTruths: 512, directions: 'orthogonalised' },
  };
  expect((await post('/api/runs/estimate', wider)).json().seconds).toBeGreaterThan(estimate.seconds);
});

test('recovery, truths and features are told', async () => {
  const id = await create();
  const point = {
    recovery: 0.5,
    mcc: 0.6,
    uniqueness: 0.7,
    f1: 0.4,
    bestMatch: 0.8,
    l0: 3,
    trueL0: 2,
    nAlive: 30,
    fvu: 0.2,
  };
  await server.db.prisma.$transaction((transaction) => upsertRecoveryPoint(transaction, id, { step: 10, ...point }));
  const early = runRecoverySchema.parse((await get(`/api/runs/${id}/recovery`)).json());
  expect(early).toMatchObject({ points: [{ step: 10, ...point }], summary: null, generator: { nTruths: 8 } });
  expect(truthListSchema.parse((await get(`/api/runs/${id}/truths`)).json())).toEqual({ truths: [], total: 0 });

  await index(id);
  const { truths, total } = truthListSchema.parse((await get(`/api/runs/${id}/truths`)).json());
  expect(total).toBe(2);
  expect(truths.map((truth) => [truth.index, truth.latent])).toEqual([
    [1, 5],
    [0, null],
  ]);
  const second = truthListSchema.parse((await get(`/api/runs/${id}/truths?from=1&limit=1`)).json());
  expect(second.truths.map((truth) => truth.index)).toEqual([0]);
  expect((await get(`/api/runs/${id}/truths?limit=513`)).statusCode).toBe(400);

  const page = featurePageSchema.parse((await get(`/api/runs/${id}/features?q=x&dead=false`)).json());
  expect(page.features).toEqual([]);
  const [feature] = featurePageSchema.parse((await get(`/api/runs/${id}/features`)).json()).features;
  expect(feature).toMatchObject({
    index: 5,
    example: null,
    topTokens: [],
    recovered: { best: { index: 1 }, matched: true },
  });
  const detail = featureDetailSchema.parse((await get(`/api/runs/${id}/features/5`)).json());
  expect(detail.recovered).toMatchObject({ second: { index: 0 }, precision: 0.9, samples: [{ activation: 1.5 }] });
  // Nothing is known of latent 2; that 5 is its own neighbour stands for any that is known.
  expect(detail.neighbours).toEqual([
    { index: 2, cosine: 0.4, label: null, recovered: null },
    {
      index: 5,
      cosine: 1,
      label: null,
      recovered: { best: { index: 1, cosine: expect.closeTo(0.97, 5) }, matched: true },
    },
  ]);
  expect((await get(`/api/runs/${id}/features/5/examples`)).json()).toEqual({ examples: [] });
  expect(await readFeatureNames(server.db, id, [2, 5])).toEqual(
    new Map([[5, { label: null, truth: 1, density: 0.2 }]]),
  );
});

test('dictionaries of the same samples are of one place, those of others are not, and no ladder leads from one to the other', async () => {
  const createOther = async (changes: object, generatorChanges: object = {}) => {
    const body = { ...settings, ...changes, generator: { ...generator, ...generatorChanges } };
    const { id } = (await post('/api/runs', body)).json();
    await server.db.prisma.run.update({ where: { id }, data: { stage: 'done' } });
    return id as string;
  };
  const id = await createOther({});
  const larger = await createOther(
    { seed: 4, nLatents: 64 },
    { kind: 'sums', nEvaluationSamples: 2000, nSamples: null },
  );
  const elsewhere = await createOther({ nLatents: 64 }, { seed: 9 });
  const wider = await createOther({}, { dModel: 8 });
  const { runs } = comparableRunsSchema.parse((await get(`/api/comparisons/candidates?with=${id}`)).json());
  const found = new Map(runs.map((run) => [run.runId, run]));
  expect([larger, elsewhere, wider].map((runId) => found.get(runId)?.relation)).toEqual([
    ...['samePlace', 'sameWidth', 'none'],
  ]);
  expect(found.get(larger)).toMatchObject({
    world: '8 truths in 4 dimensions, data seed 0',
    place: found.get(id)?.place,
  });
  const ladder = await post('/api/ladders', { runIds: [id, elsewhere] });
  expect([ladder.statusCode, ladder.json().error]).toMatchObject([422, { field: 'runs' }]);
  expect(ladder.json().error.message).toContain('the same activations throughout');
  expect((await post('/api/ladders', { runIds: [id, larger] })).statusCode).toBe(204);
  for (const runId of [id, larger, elsewhere, wider]) await server.db.prisma.run.delete({ where: { id: runId } });
});

test('what needs a model is refused with the reason', async () => {
  const id = await create();
  await index(id);
  const refusals = await Promise.all([
    post(`/api/runs/${id}/activations`, { text: 'hello' }),
    post(`/api/runs/${id}/features/5/label`),
    get(`/api/runs/${id}/bundle`),
    get(`/api/runs/${id}/features/5/neurons`),
    get(`/api/runs/${id}/neurons/0`),
    post(`/api/runs/${id}/health`),
    post(`/api/runs/${id}/absorptions`, { concept: { type: 'firstLetter', letter: 's' } }),
    post(`/api/runs/${id}/features/5/causal`, {}),
    post('/api/steering', {
      runId: id,
      prompt: 'a',
      interventions: [{ featureIndex: 5, mode: 'add', strength: 1 }],
      nTokens: 4,
      temperature: 0,
      seed: 0,
      control: false,
    }),
  ]);
  for (const response of refusals) {
    expect(response.statusCode, response.body).toBe(422);
    expect(response.json().error.message).toContain('synthetic data');
  }
});

test('a run on a model has no truth to tell', async () => {
  const datasetId = await insertTestDataset(server.db);
  const { generator: _, source: __, ...others } = settings;
  const created = await post('/api/runs', {
    ...others,
    modelId: server.modelId,
    datasetId,
    hookName: 'blocks.2.hook_resid_post',
  });
  const response = await get(`/api/runs/${created.json().id}/recovery`);
  expect(response.statusCode).toBe(422);
  expect((await get('/api/runs/00000000-0000-4000-8000-000000000000/truths')).statusCode).toBe(404);
});

test('pausing, resuming and deleting take all of it along', async () => {
  const id = await create();
  await index(id);
  expect((await post(`/api/runs/${id}/pause`)).json().status).toBe('paused');
  expect((await post(`/api/runs/${id}/resume`)).json().status).toBe('queued');
  expect((await post(`/api/runs/${id}/cancel`)).json().status).toBe('cancelled');
  expect((await request('DELETE', `/api/runs/${id}`)).statusCode).toBe(204);
  for (const count of [
    server.db.prisma.truth.count({ where: { runId: id } }),
    server.db.prisma.recoveredFeature.count({ where: { runId: id } }),
    server.db.prisma.event.count({ where: { subjectId: id } }),
  ])
    expect(await count).toBe(0);
});
