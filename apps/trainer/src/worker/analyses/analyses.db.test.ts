import { setTimeout as sleep } from 'node:timers/promises';
import {
  absorptionDetailSchema,
  comparableRunsSchema,
  comparedFeaturesSchema,
  comparisonSchema,
  duplicatePairsSchema,
  kindFeaturesSchema,
  ladderSchema,
  runHealthSchema,
} from '@featurescope/contracts';
import { reviveAnalyses } from '@featurescope/db';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLog } from '../../log.ts';
import { jsonHeaders, startTestServer, type TestServer } from '../../server/test-server.testing.ts';
import { startWorker, type Worker } from '../start-worker.ts';
import { createSmallRun, createSmallSubject } from '../testing/small-run.ts';

let server: TestServer;
let worker: Worker;
/** Two seeds and a larger one, trained here. */
let runIds: string[];

beforeAll(async () => {
  server = await startTestServer();
  const { db, queue, dataDirectory } = server;
  const env = { ...process.env, FEATURESCOPE_DATA: dataDirectory, LOG_LEVEL: 'warn' };
  worker = await startWorker({ db, queue, log: createLog('worker', 'warn'), env });
  const subject = await createSmallSubject(db, server.context.store);
  runIds = [];
  for (const options of [{ seed: 1 }, { seed: 2 }, { seed: 1, nLatents: 192 }]) {
    const runId = await createSmallRun(db, subject, { nSteps: 60, ...options });
    await db.prisma.$transaction((transaction) => queue.enqueue(transaction, 'train', { runId }));
    runIds.push(runId);
  }
  for (const runId of runIds)
    await until(async () => {
      const run = await db.prisma.run.findUniqueOrThrow({ where: { id: runId } });
      if (run.failure) throw new Error(JSON.stringify(run.failure));
      return run.status === 'succeeded';
    });
}, 300_000);
afterAll(async () => {
  await worker.stop();
  await server.close();
});

async function until(isThere: () => Promise<boolean>): Promise<void> {
  while (!(await isThere())) await sleep(50);
}

const get = (url: string) => server.app.inject({ url, headers: jsonHeaders });
const post = (url: string, body: unknown = {}) =>
  server.app.inject({ method: 'POST', url, headers: jsonHeaders, payload: JSON.stringify(body) });

/** Asks for an analysis and waits until it is done; fails with its failure. */
async function analysed(url: string, body: unknown): Promise<string> {
  const response = await post(url, body);
  expect(response.json()).toEqual({ id: expect.any(String) });
  const { id } = response.json();
  await done(id);
  return id;
}

async function done(id: string): Promise<void> {
  await until(async () => {
    const row = await server.db.prisma.analysis.findUniqueOrThrow({ where: { id } });
    if (row.status === 'failed') throw new Error(JSON.stringify(row.failure));
    return row.status === 'succeeded';
  });
}

describe('a comparison', () => {
  test('of two seeds: shares, fates and lists that name features', { timeout: 120_000 }, async () => {
    const [a, b] = runIds;
    const id = await analysed('/api/comparisons', { a: { runId: a }, b: { runId: b } });
    const comparison = comparisonSchema.parse((await get(`/api/comparisons/${id}`)).json());
    const { result, fates } = comparison;
    expect(comparison.a).toMatchObject({ runId: a, nLatents: 96, hasFeatures: true, seed: 1 });
    expect(result).toMatchObject({ method: 'hungarian', width: 48 });
    expect(result?.all).toMatchObject({ nA: 96, nB: 96, nPairs: 96 });
    expect(result?.all.meanCosine).toBeGreaterThan(result?.random.meanCosine ?? 1);
    for (const side of [fates?.a, fates?.b]) expect(Object.values(side ?? {}).reduce((sum, n) => sum + n, 0)).toBe(96);
    for (const [side, fate] of [
      ['a', 'stable'],
      ['a', 'split'],
      ['b', 'split'],
      ['a', 'lost'],
      ['b', 'lost'],
    ] as const) {
      const list = await get(`/api/comparisons/${id}/features?side=${side}&fate=${fate}&limit=200`);
      const { total, features } = comparedFeaturesSchema.parse(list.json());
      expect(total).toBe(fates?.[side][fate]);
      for (const { partners } of features) {
        if (fate === 'split') expect(partners.length).toBeGreaterThan(1);
        for (const { cosine } of partners)
          fate === 'lost' ? expect(cosine).toBeLessThanOrEqual(0.7) : expect(cosine).toBeGreaterThan(0.7);
      }
    }
    const strict = comparisonSchema.parse((await get(`/api/comparisons/${id}?threshold=0.95`)).json());
    expect(strict.fates?.a.lost).toBeGreaterThanOrEqual(fates?.a.lost ?? 0);
  });

  test('asked for again it is the stored one, without a new job', async () => {
    const choice = { a: { runId: runIds[0] }, b: { runId: runIds[1] } };
    const [first, second] = [
      (await post('/api/comparisons', choice)).json(),
      (await post('/api/comparisons', choice)).json(),
    ];
    expect(second).toEqual(first);
    const row = await server.db.prisma.analysis.findUniqueOrThrow({ where: { id: first.id } });
    expect([row.status, row.fence]).toEqual(['succeeded', 1]);
  });

  test('with a checkpoint of the same run', { timeout: 60_000 }, async () => {
    const { runs } = comparableRunsSchema.parse((await get(`/api/comparisons/candidates?with=${runIds[0]}`)).json());
    const [step] = runs.find(({ runId }) => runId === runIds[0])?.checkpoints ?? [];
    const id = await analysed('/api/comparisons', { a: { runId: runIds[0] }, b: { runId: runIds[0], step } });
    const { result, b } = comparisonSchema.parse((await get(`/api/comparisons/${id}`)).json());
    expect(b.step).toBe(step);
    // The last checkpoint holds what became the dictionary.
    expect(result?.all.above[1].shareOfA).toBe(1);
  });

  test('is refused with the reason', async () => {
    const { modelId, db } = server;
    const { datasetId } = await db.prisma.dataset.findFirstOrThrow().then(({ id }) => ({ datasetId: id }));
    // On the bundled model, whose rows have 256 values.
    const other = await createSmallRun(db, { modelId, datasetId });
    await db.prisma.run.update({ where: { id: other }, data: { status: 'succeeded', stage: 'done' } });
    const { runs } = comparableRunsSchema.parse((await get(`/api/comparisons/candidates?with=${runIds[0]}`)).json());
    expect(runs.find(({ runId }) => runId === other)).toMatchObject({
      relation: 'none',
      reason: expect.stringContaining('256 values, those of small run 48'),
    });
    expect(runs.find(({ runId }) => runId === runIds[1])).toMatchObject({ relation: 'samePlace', reason: null });
    for (const [body, status, field] of [
      [{ a: { runId: runIds[0] }, b: { runId: other } }, 422, 'b'],
      [{ a: { runId: runIds[0] }, b: { runId: runIds[0] } }, 422, 'b'],
      [{ a: { runId: runIds[0] }, b: { runId: runIds[1], step: 7 } }, 422, 'b.step'],
      [{ a: { runId: crypto.randomUUID() }, b: { runId: runIds[1] } }, 404, undefined],
      [{ a: { runId: 'x' }, b: { runId: runIds[1] } }, 400, 'a.runId'],
    ] as const) {
      const response = await post('/api/comparisons', body);
      expect([response.statusCode, response.json().error.field]).toEqual([status, field]);
    }
    await db.prisma.run.delete({ where: { id: other } });
  });
});

test('a ladder names what each feature went into', { timeout: 120_000 }, async () => {
  const ladderIds = [runIds[0], runIds[2]];
  const url = `/api/ladders?runs=${ladderIds.join(',')}&onlySplit=false&limit=200&threshold=0.5`;
  expect(ladderSchema.parse((await get(url)).json())).toMatchObject({ steps: [null], counts: null, roots: [] });
  expect((await post('/api/ladders', { runIds: ladderIds })).statusCode).toBe(204);
  const steps = async () => ladderSchema.parse((await get(url)).json()).steps;
  await until(async () => (await steps())[0]?.status === 'succeeded');
  const { roots, counts, total, sides } = ladderSchema.parse((await get(url)).json());
  expect(sides.map(({ nLatents }) => nLatents)).toEqual([96, 192]);
  expect(total).toBe(roots.length);
  const children = roots.flatMap((root) => root.children);
  expect(children.length).toBe(counts?.[0].nFromBelow);
  expect(new Set(children.map(({ index }) => index)).size).toBe(children.length);
  for (const { cosine } of children) expect(cosine).toBeGreaterThan(0.5);
  const backwards = await post('/api/ladders', { runIds: [...ladderIds].reverse() });
  expect([backwards.statusCode, backwards.json().error.field]).toEqual([422, 'runs']);
});

describe('the health of a run', () => {
  test('is computed once, and its lists name features', { timeout: 120_000 }, async () => {
    const [, runId] = runIds;
    expect(runHealthSchema.parse((await get(`/api/runs/${runId}/health`)).json())).toEqual({
      analysis: null,
      result: null,
    });
    expect((await get(`/api/runs/${runId}/health/duplicates`)).statusCode).toBe(409);
    const id = await analysed(`/api/runs/${runId}/health`, {});
    expect((await post(`/api/runs/${runId}/health`)).json()).toEqual({ id });
    const { result } = runHealthSchema.parse((await get(`/api/runs/${runId}/health`)).json());
    // TopK keeps 8; fewer where fewer are above 0.
    expect(result?.l0.max).toBe(8);
    expect(result?.kinds.map(({ kind }) => kind).sort()).toEqual(['even', 'odd']);
    const total = async (list: string) => (await get(`/api/runs/${runId}/health/${list}`)).json().total;
    expect(duplicatePairsSchema.parse((await get(`/api/runs/${runId}/health/duplicates`)).json()).total).toBe(
      result?.duplicates.nPairs,
    );
    expect(await total('co-activation?order=jaccard')).toBeGreaterThan(0);
    expect(await total('co-activation?order=npmi')).toBeGreaterThan(0);
    expect(await total('blocks')).toBe(result?.coActivation.nBlocks);
    const kind = kindFeaturesSchema.parse((await get(`/api/runs/${runId}/health/kinds?kind=even`)).json());
    for (const { lift } of kind.features) expect(lift).toBeGreaterThan(1);
    expect((await get(`/api/runs/${runId}/health/kinds?kind=none`)).statusCode).toBe(404);
  });

  test('goes with its run’s analyses when it is deleted', async () => {
    const { analysis } = runHealthSchema.parse((await get(`/api/runs/${runIds[1]}/health`)).json());
    const url = `/api/analyses/${analysis?.id}`;
    const remove = () => server.app.inject({ method: 'DELETE', url, headers: jsonHeaders });
    expect((await remove()).statusCode).toBe(204);
    expect((await remove()).statusCode).toBe(404);
  });
});

test('absorption of a list of words', { timeout: 120_000 }, async () => {
  const concept = { type: 'tokens', tokens: ['e', 't', 'e'] };
  const url = `/api/runs/${runIds[0]}/absorptions`;
  const id = await analysed(url, { concept });
  expect((await post(url, { concept: { ...concept, tokens: ['t', 'e'] } })).json()).toEqual({ id });
  const { result, tokens, main } = absorptionDetailSchema.parse((await get(`/api/absorptions/${id}`)).json());
  expect(result?.nTest.positive).toBeGreaterThan(9);
  expect(tokens.length).toBe(Math.min(200, result?.nTruePositives ?? 0));
  expect(main.filter(({ isMain }) => isMain).length).toBeGreaterThan(0);
  const [listed] = (await get(url)).json().absorptions;
  expect(listed).toMatchObject({ id, concept: { type: 'tokens', tokens: ['e', 't'] } });
});

test('what cannot be done is a failure with its reason, and can be asked for again', { timeout: 60_000 }, async () => {
  const url = `/api/runs/${runIds[0]}/absorptions`;
  const body = { concept: { type: 'tokens', tokens: ['no such token', 'nor this one'] } };
  const { id } = (await post(url, body)).json();
  const status = async () => (await server.db.prisma.analysis.findUniqueOrThrow({ where: { id } })).status;
  await until(async () => (await status()) === 'failed');
  const { failure } = absorptionDetailSchema.parse((await get(`/api/absorptions/${id}`)).json());
  expect(failure).toMatchObject({ code: 'invalid_request', message: expect.stringContaining('0 tokens') });
  expect((await post(url, body)).json()).toEqual({ id });
  await until(async () => (await server.db.prisma.analysis.findUniqueOrThrow({ where: { id } })).fence === 2);
});

test('an analysis that lost its job gets another; one of a deleted run is gone', { timeout: 120_000 }, async () => {
  const { db, queue } = server;
  const [, runId] = runIds;
  const id = crypto.randomUUID();
  await db.prisma.analysis.create({ data: { id, kind: 'health', runId, request: {} } });
  const mend = () => reviveAnalyses(db, { enqueue: queue.enqueueAnalysis, hasJob: queue.hasAnalysisJob });
  expect(await mend()).toContain(id);
  await done(id);
  expect(await mend()).toEqual([]);
  expect(
    (await server.app.inject({ method: 'DELETE', url: `/api/runs/${runId}`, headers: jsonHeaders })).statusCode,
  ).toBe(204);
  expect(await db.prisma.analysis.count({ where: { OR: [{ runId }, { otherRunId: runId }] } })).toBe(0);
});
