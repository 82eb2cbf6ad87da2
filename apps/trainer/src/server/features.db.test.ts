import {
  exampleListSchema,
  type FeaturePage,
  featureDetailSchema,
  featureDistributionSchema,
  featurePageSchema,
} from '@featurescope/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insertTestFeatures } from './feature-fixture.testing.ts';
import { insertTestDataset, jsonHeaders, startTestServer, type TestServer } from './test-server.testing.ts';

let server: TestServer;
let runId: string;
let wordTokenId: number;

async function insertRun(): Promise<string> {
  const datasetId = await insertTestDataset(server.db);
  return server.context.runs.create({
    modelId: server.modelId,
    datasetId,
    hookName: 'blocks.2.hook_resid_post',
    architecture: 'topk',
    nLatents: 64,
    k: 4,
    nTokens: 10_000,
    batchSize: 100,
    learningRate: 0.001,
    seed: 1,
  });
}

beforeAll(async () => {
  server = await startTestServer();
  runId = await insertRun();
  const { tokenizer } = await import('@featurescope/lm/tokenizer').then(async ({ loadTokenizer }) => ({
    tokenizer: await loadTokenizer(`${server.dataDirectory}/models/tiny`),
  }));
  wordTokenId = tokenizer.encode(' which')[0];
  await insertTestFeatures(server.db, runId, [
    { index: 0, labelText: 'Months of the year', labelScore: 0.9, density: 0.5 },
    { index: 1, labelText: 'The token "the"', labelScore: 0.5, userLabel: 'Articles, 100%' },
    { index: 2, labelText: null, labelScore: null, searchTokenIds: [wordTokenId] },
    { index: 3, labelText: 'January in a date', labelScore: 0.9, dead: true, maxActivation: 0 },
    { index: 5, labelText: 'Numbers_with_underscores' },
  ]);
});
afterAll(() => server.close());

const get = (url: string) => server.app.inject({ url: `/api/runs/${runId}${url}`, headers: jsonHeaders });
const send = (method: 'PUT' | 'POST', url: string, body: unknown) =>
  server.app.inject({ method, url: `/api/runs/${runId}${url}`, headers: jsonHeaders, payload: JSON.stringify(body) });
const list = async (query: string): Promise<FeaturePage> =>
  featurePageSchema.parse((await get(`/features${query}`)).json());
const indices = async (query: string) => (await list(query)).features.map((feature) => feature.index);

describe('the list', () => {
  test('shows a feature with its labels, tokens and best example around the peak', async () => {
    const page = await list('?limit=2');
    expect(page).toMatchObject({ total: 5 });
    expect(page.features[1]).toMatchObject({ index: 1, label: 'Articles, 100%', labelSource: 'user', labelScore: 0.5 });
    const { example, topTokens } = page.features[1];
    expect(topTokens.map((token) => token.tokenId)).toEqual([300, 301]);
    expect(example).toMatchObject({
      band: 'top',
      contextIndex: 1,
      documentName: 'document 1',
      peakPosition: 30,
      peak: 2,
    });
    // 24 tokens before the peak and the 9 that are left after it; what fires outside the window is not shown.
    expect(example?.firstPosition).toBe(6);
    expect(example?.tokens).toHaveLength(34);
    expect(example?.activations).toEqual([[30, 2]]);
  });

  test('pages go on where the one before ended', async () => {
    const first = await list('?sort=score&order=desc&limit=2');
    expect(first.features.map((feature) => feature.index)).toEqual([3, 0]);
    const second = await list(`?sort=score&order=desc&limit=2&cursor=${first.nextCursor}`);
    expect(second.features.map((feature) => feature.index)).toEqual([1, 5]);
    const third = await list(`?sort=score&order=desc&limit=2&cursor=${second.nextCursor}`);
    expect([third.features.map((feature) => feature.index), third.nextCursor, third.total]).toEqual([[2], null, 5]);
  });

  test('a cursor of another list, or none at all, is refused', async () => {
    const { nextCursor } = await list('?sort=density&limit=2');
    for (const query of [
      `?sort=index&cursor=${nextCursor}`,
      `?sort=density&order=asc&cursor=${nextCursor}`,
      `?sort=density&q=a&cursor=${nextCursor}`,
      `?sort=density&minDensity=0.1&cursor=${nextCursor}`,
      `?sort=density&starred=true&cursor=${nextCursor}`,
      '?cursor=rubbish',
      `?cursor=${Buffer.from('["index.asc.any.0",{},0,0]').toString('base64url')}`,
    ]) {
      const response = await get(`/features${query}`);
      expect([response.statusCode, response.json().error.field]).toEqual([400, 'cursor']);
    }
  });

  test('dead features can be left out', async () => {
    expect(await indices('?dead=false')).toEqual([0, 1, 2, 5]);
    expect(await indices('?dead=true')).toEqual([3]);
  });

  test('filters by ranges, stars and whose label it is', async () => {
    expect(await indices('?label=user')).toEqual([1]);
    expect(await indices('?label=none')).toEqual([2]);
    expect(await indices('?minScore=0.6')).toEqual([0, 3]);
    expect(await indices('?minScore=.5&maxScore=5e-1')).toEqual([1]);
    expect(await indices('?minDensity=0.5')).toEqual([0]);
    expect(await indices('?maxActivation=0')).toEqual([3]);
    expect(await indices('?dead=false&minActivation=2&label=explainer&sort=label')).toEqual([0, 5]);
    expect(await list('?minDensity=0.9')).toEqual({ features: [], nextCursor: null, total: 0 });
  });

  test('the distribution is of the features that fire', async () => {
    const response = await get('/features/distribution');
    const { density } = featureDistributionSchema.parse(response.json());
    expect(density.counts.reduce((sum, count) => sum + count)).toBe(4);
  });

  test.each([
    ['part of a label in any case', 'JANUARY', [3]],
    ["part of a user's label", 'articles', [1]],
    ['a hidden label that the user replaced', 'the token', [1]],
    ['a percent sign is no wildcard', '100%', [1]],
    ['an underscore is no wildcard', 'with_under', [5]],
    ['a backslash is no escape', '\\', []],
    ['a token', 'which', [2]],
    ['a regular expression', '/^(months|january)/', [0, 3]],
    ['nothing that exists', 'zzzzzz', []],
  ])('search: %s', async (_name, q, expected) => {
    const page = await list(`?q=${encodeURIComponent(q)}`);
    expect([page.features.map((feature) => feature.index), page.total]).toEqual([expected, expected.length]);
  });

  test.each([
    ['a broken regular expression', `q=${encodeURIComponent('/(/')}`, 'q'],
    ['an unknown order', 'order=up', 'order'],
    ['a page of a million', 'limit=1000000', 'limit'],
    ['an unknown parameter', 'page=2', 'page'],
    ['NUL', 'q=%00', 'q'],
    ['a range that ends before it begins', 'minDensity=0.5&maxDensity=0.1', 'minDensity'],
    ['a range of scores upside down', 'minScore=1&maxScore=0', 'minScore'],
    ['a range of activations upside down', 'minActivation=2&maxActivation=1', 'minActivation'],
    ['a density that is no number', 'minDensity=NaN', 'minDensity'],
    ['a blank bound', 'maxScore=', 'maxScore'],
    ['an endless bound', 'maxActivation=Infinity', 'maxActivation'],
    ['a density above 1', 'maxDensity=1.01', 'maxDensity'],
    ['a score below 0', 'minScore=-0.1', 'minScore'],
    ['an unknown kind of label', 'label=mine', 'label'],
  ])('%s is refused', async (_name, query, field) => {
    const response = await get(`/features?${query}`);
    expect([response.statusCode, response.json().error.field]).toEqual([400, field]);
  });

  test('is empty until the index is complete', async () => {
    const other = await insertRun();
    const response = await server.app.inject({ url: `/api/runs/${other}/features`, headers: jsonHeaders });
    expect(response.json()).toEqual({ features: [], nextCursor: null, total: 0 });
  });
});

describe('one feature', () => {
  test('comes with its histogram, neighbours and counts', async () => {
    const detail = featureDetailSchema.parse((await get('/features/3')).json());
    expect(detail).toMatchObject({ index: 3, dead: true, nIndexedTokens: 1000, previousIndex: 2, nextIndex: 5 });
    const feature = featureDetailSchema.parse((await get('/features/0')).json());
    expect(feature.histogram).toEqual({ edges: expect.any(Array), counts: [7, 2, 1] });
    expect(feature.histogram.edges.at(-1)).toBeGreaterThanOrEqual(feature.maxActivation);
    expect(feature.neighbours).toEqual([{ index: 1, cosine: 0.5, label: 'Articles, 100%', recovered: null }]);
    expect(feature.exampleCounts).toEqual({ top: 1, q4: 2, q3: 0, q2: 0, q1: 1, random: 0, nearMiss: 1 });
    expect((await get('/features/4')).statusCode).toBe(404);
  });

  test('examples come in full contexts, by band', async () => {
    const { examples } = exampleListSchema.parse((await get('/features/2/examples')).json());
    expect(examples.map((example) => example.band)).toEqual(['top', 'q4', 'q4', 'q1', 'nearMiss']);
    expect(examples[0]).toMatchObject({
      firstPosition: 0,
      contextLength: 40,
      activations: [
        [1, expect.closeTo(1, 4)],
        [30, 2],
      ],
    });
    expect(examples[0].tokens).toHaveLength(40);
    const nearMisses = exampleListSchema.parse((await get('/features/2/examples?band=nearMiss')).json()).examples;
    expect(nearMisses).toMatchObject([{ band: 'nearMiss', peakPosition: 3, peak: -0.25, activations: [] }]);
    expect((await get('/features/2/examples?band=best')).statusCode).toBe(400);
  });

  test("a user's label is kept, shown everywhere, and removed by an empty text", async () => {
    const labelled = featureDetailSchema.parse(
      (await send('PUT', '/features/2/label', { text: '  Relative “which” ' })).json(),
    );
    expect(labelled.userLabel?.text).toBe('Relative “which”');
    expect((await list('?q=relative')).features).toMatchObject([{ index: 2, labelSource: 'user' }]);
    const removed = await send('PUT', '/features/2/label', { text: ' ' });
    expect(removed.json().userLabel).toBeNull();
    expect((await send('PUT', '/features/99/label', { text: 'x' })).statusCode).toBe(404);
    expect((await send('PUT', '/features/2/label', { text: 'a\u0000' })).statusCode).toBe(400);
  });

  test('a star is kept, listed, and taken away again', async () => {
    const starred = await send('PUT', '/features/2/star', { starred: true });
    expect(featureDetailSchema.parse(starred.json()).starred).toBe(true);
    expect(await indices('?starred=true')).toEqual([2]);
    expect((await list('?limit=3')).features.map((feature) => feature.starred)).toEqual([false, false, true]);
    expect((await send('PUT', '/features/2/star', { starred: false })).json().starred).toBe(false);
    expect(await indices('?starred=true')).toEqual([]);
    expect((await send('PUT', '/features/99/star', { starred: true })).statusCode).toBe(404);
    expect((await send('PUT', '/features/2/star', { starred: 'yes' })).json().error.field).toBe('starred');
  });

  test('what needs a model says that inference is not there', async () => {
    for (const [url, body] of [
      ['/activations', { text: 'hello' }],
      ['/features/2/label', {}],
    ] as const) {
      const response = await send('POST', url, body);
      expect([response.statusCode, response.json().error.code]).toEqual([503, 'inference_unavailable']);
    }
    expect((await send('POST', '/activations', { text: '' })).json().error.field).toBe('text');
    expect((await send('POST', '/activations', { text: 'x', featureIndex: 64 })).json().error.field).toBe(
      'featureIndex',
    );
  });
});

describe('steering', () => {
  const request = () => ({
    runId,
    prompt: 'It was a dark',
    interventions: [{ featureIndex: 0, mode: 'add', strength: 2 }],
    nTokens: 20,
    seed: 1,
    temperature: 0,
  });
  const steer = (change: object) =>
    server.app.inject({
      method: 'POST',
      url: '/api/steering',
      headers: jsonHeaders,
      payload: JSON.stringify({ ...request(), ...change }),
    });

  test.each([
    [
      'a feature that is not in the index',
      { interventions: [{ featureIndex: 4, mode: 'add', strength: 1 }] },
      'unprocessable',
    ],
    [
      'a feature that never fired',
      { interventions: [{ featureIndex: 3, mode: 'clamp', strength: 1 }] },
      'unprocessable',
    ],
    ['a prompt beyond the context', { prompt: 'word '.repeat(400) }, 'prompt_too_long'],
    ['too many tokens', { nTokens: 201 }, 'invalid_request'],
    ['absurd strength', { interventions: [{ featureIndex: 0, mode: 'add', strength: 1e9 }] }, 'invalid_request'],
    ['no interventions', { interventions: [] }, 'invalid_request'],
    ['a run that is none', { runId: crypto.randomUUID() }, 'unprocessable'],
    ['a process that is away', {}, 'inference_unavailable'],
  ])('%s is refused and leaves nothing', async (_name, change, code) => {
    expect((await steer(change)).json().error.code).toBe(code);
    expect(await server.db.prisma.steeringExperiment.count()).toBe(0);
  });
});
