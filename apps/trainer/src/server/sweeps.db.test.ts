import { runListSchema, sweepEstimateSchema, sweepSchema } from '@featurescope/contracts';
import { beginRunJob, claimRiders } from '@featurescope/db';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runQueue } from '../queue.ts';
import { insertTestDataset, jsonHeaders, startTestServer, type TestServer } from './test-server.testing.ts';

let server: TestServer;
let datasetId: string;
beforeAll(async () => {
  server = await startTestServer();
  datasetId = await insertTestDataset(server.db);
});
afterAll(() => server.close());

const topk = (k: number, others: object = {}) => ({ architecture: 'topk', nLatents: 512, k, ...others });
const shared = () => ({
  modelId: server.modelId,
  datasetId,
  hookName: 'blocks.2.hook_resid_post',
  nTokens: 100_000,
  batchSize: 512,
  learningRate: 0.001,
  seed: 1,
});
const sweep = (changes: object = {}) => ({ ...shared(), variants: [topk(16), topk(32)], ...changes });

const post = (url: string, body: object) =>
  server.app.inject({ method: 'POST', url, headers: jsonHeaders, payload: JSON.stringify(body) });
const get = (url: string) => server.app.inject({ url, headers: jsonHeaders });
const counts = async () => [await server.queue.length(), await server.db.prisma.run.count()];

test('a sweep is runs with jobs, in their order, that know of each other', async () => {
  const [jobs, runs] = await counts();
  const variants = [
    topk(32),
    topk(16),
    { architecture: 'standard', nLatents: 256, l1Coefficient: 2, learningRate: 0.0005, name: 'Mine' },
  ];
  const response = await post('/api/sweeps', sweep({ name: 'Sizes', variants }));
  expect(response.statusCode).toBe(201);
  const { id, runIds } = response.json();
  expect(await counts()).toEqual([jobs + 3, runs + 3]);
  const found = sweepSchema.parse((await get(`/api/sweeps/${id.toUpperCase()}`)).json());
  expect(found.id).toBe(id);
  expect(found.runs.map((run) => run.id)).toEqual(runIds);
  expect(
    found.runs.map(({ name, k, l1Coefficient, learningRate, sweepId }) => [
      name,
      k,
      l1Coefficient,
      learningRate,
      sweepId,
    ]),
  ).toEqual([
    ['Sizes · 512 latents, TopK, k 32', 32, null, 0.001, id],
    ['Sizes · 512 latents, TopK, k 16', 16, null, 0.001, id],
    ['Mine', null, 2, 0.0005, id],
  ]);
  const listed = runListSchema.parse((await get('/api/runs')).json()).runs;
  expect(listed.filter((run) => run.sweepId === id)).toHaveLength(3);
});

test('a sweep over every architecture is one run of each, with its options', async () => {
  const variants = [
    topk(16),
    { architecture: 'batchtopk', nLatents: 512, k: 16 },
    { architecture: 'matryoshka', nLatents: 512, k: 16, prefixes: [64, 512] },
    { architecture: 'jumprelu', nLatents: 512, targetL0: 16 },
    { architecture: 'gated', nLatents: 512, l1Coefficient: 1 },
    { architecture: 'standard', nLatents: 512, l1Coefficient: 1, preset: 'saelens' },
  ];
  const { id } = (await post('/api/sweeps', sweep({ name: 'All', variants }))).json();
  const { runs } = sweepSchema.parse((await get(`/api/sweeps/${id}`)).json());
  expect(runs.map(({ name }) => name)).toEqual([
    'All · 512 latents, TopK, k 16',
    'All · 512 latents, BatchTopK, k 16',
    'All · 512 latents, Matryoshka, k 16, prefixes 64/512',
    'All · 512 latents, JumpReLU, target L0 16',
    'All · 512 latents, Gated, λ 1',
    'All · 512 latents, ReLU + L1, λ 1, SAELens preset',
  ]);
  expect(runs[3].architectureOptions).toEqual({ sparsityLoss: 'quadratic', targetL0: 16 });
  expect(runs.map(({ preset }) => preset)).toEqual([...Array(5).fill('featurescope'), 'saelens']);
});

test('a baseline stands in the table of a sweep on the same activations, and trains with none of its runs', async () => {
  const { id, runIds } = (await post('/api/sweeps', sweep())).json();
  const { batchSize: _, learningRate: __, ...common } = shared();
  const baseline = { ...common, architecture: 'pca', nComponents: 8, sweepId: id.toUpperCase() };
  const response = await post('/api/runs', baseline);
  expect(response.statusCode).toBe(201);
  const runId = response.json().id;
  const found = sweepSchema.parse((await get(`/api/sweeps/${id}`)).json());
  expect(found.runs.map((run) => [run.id, run.origin])).toEqual([
    ...runIds.map((own: string) => [own, 'trained']),
    [runId, 'fitted'],
  ]);
  const begun = await beginRunJob(server.db, runId, 'train');
  const leader = begun?.claim ?? { runId, fence: -1 };
  const options = { jobId: crypto.randomUUID(), queue: runQueue(server.queue), apart: () => false };
  expect(await claimRiders(server.db, { leader, ...options })).toEqual([]);
  const ofTrained = (await beginRunJob(server.db, runIds[0], 'train'))?.claim ?? leader;
  const riders = await claimRiders(server.db, { leader: ofTrained, ...options });
  expect(riders.map((rider) => rider.runId)).toEqual([runIds[1]]);
  const errorOf = async (changes: object) => (await post('/api/runs', { ...baseline, ...changes })).json().error;
  for (const changes of [{ sweepId: crypto.randomUUID() }, { hookName: 'blocks.1.hook_resid_post' }])
    expect(await errorOf(changes)).toMatchObject({ code: 'unprocessable', field: 'sweepId' });
});

test('a sweep that is not there, or whose runs are deleted, is not found', async () => {
  for (const id of [crypto.randomUUID(), 'nonsense']) {
    const response = await get(`/api/sweeps/${id}`);
    expect([response.statusCode, response.json().error.message]).toEqual([404, expect.stringContaining('sweep')]);
  }
});

const tooMany = Array.from({ length: 17 }, (_, i) => topk(i + 1));
test.each([
  ['one variant', { variants: [topk(16)] }, 400, 'variants'],
  ['no variants', { variants: undefined }, 400, 'variants'],
  ['variants that are no list', { variants: { k: 16 } }, 400, 'variants'],
  ['too many variants', { variants: tooMany }, 400, 'variants'],
  ['the same variant twice', { variants: [topk(16), topk(32), topk(16)] }, 400, 'variants.2'],
  ['the same variant by another name', { variants: [topk(16), topk(16, { name: 'b' })] }, 400, 'variants.1'],
  [
    'the same with the common learning rate',
    { variants: [topk(16), topk(16, { learningRate: 0.001 })] },
    400,
    'variants.1',
  ],
  ['more kept latents than there are', { variants: [topk(16), topk(600)] }, 400, 'variants.1.k'],
  ['a seed of its own', { variants: [topk(16), topk(32, { seed: 2 })] }, 400, 'variants.1.seed'],
  [
    'an L1 coefficient for TopK',
    { variants: [topk(16, { l1Coefficient: 1 }), topk(32)] },
    400,
    'variants.0.l1Coefficient',
  ],
  [
    'a standard variant without one',
    { variants: [topk(16), { architecture: 'standard', nLatents: 64 }] },
    400,
    'variants.1.l1Coefficient',
  ],
  [
    'an architecture that is none',
    { variants: [topk(16), { architecture: 'relu6', nLatents: 64 }] },
    400,
    'variants.1.architecture',
  ],
  [
    'nested widths that are none',
    { variants: [topk(16), { architecture: 'matryoshka', nLatents: 64, k: 8, prefixes: [32] }] },
    400,
    'variants.1.prefixes',
  ],
  ['latents beside the variants', { nLatents: 512 }, 400, 'nLatents'],
  ['fewer tokens than a batch', { nTokens: 10_000, batchSize: 20_000 }, 400, 'nTokens'],
  ['a model that is none', { modelId: crypto.randomUUID() }, 422, 'modelId'],
  ['a hook that is none', { hookName: 'blocks.9.hook_resid_post' }, 422, 'hookName'],
])('%s is refused and named, and nothing is queued', async (_name, change, status, field) => {
  const before = await counts();
  for (const url of ['/api/sweeps', '/api/sweeps/estimate']) {
    const response = await post(url, sweep(change));
    expect([response.statusCode, response.json().error.field]).toEqual([status, field]);
  }
  expect(await counts()).toEqual(before);
});

test('an estimate counts the text and the model once and the dictionaries all', async () => {
  const estimate = async (variants: object[]) =>
    sweepEstimateSchema.parse((await post('/api/sweeps/estimate', sweep({ variants }))).json());
  const single = (await post('/api/runs/estimate', { ...shared(), ...topk(16) })).json();
  const two = await estimate([topk(16), topk(32)]);
  const four = await estimate([topk(16), topk(32), topk(64), topk(128)]);
  expect(two.separateSeconds).toBeCloseTo(2 * single.seconds, 6);
  expect(two.seconds).toBeLessThan(two.separateSeconds);
  expect(two.seconds).toBeGreaterThan(single.seconds);
  // Each further dictionary costs the same.
  expect(four.seconds - two.seconds).toBeCloseTo(2 * (two.seconds - single.seconds), 6);
  expect(four.memoryBytes - two.memoryBytes).toBeCloseTo(2 * (two.memoryBytes - single.memoryBytes), 0);
  expect([two.warning, two.nSteps]).toEqual([null, single.nSteps]);
});
