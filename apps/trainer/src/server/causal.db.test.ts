import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertTestFeatures } from './feature-fixture.testing.ts';
import { insertTestDataset, jsonHeaders, startTestServer, type TestServer } from './test-server.testing.ts';

let server: TestServer;
let runId: string;
async function insertRun(hookName = 'blocks.2.hook_resid_post'): Promise<string> {
  const datasetId = await insertTestDataset(server.db);
  return server.context.runs.create({
    ...{ modelId: server.modelId, datasetId, hookName, architecture: 'topk', nLatents: 64, k: 4 },
    ...{ nTokens: 10_000, batchSize: 100, learningRate: 0.001, seed: 1 },
  });
}

beforeAll(async () => {
  server = await startTestServer();
  runId = await insertRun();
  const features = [0, 1, 2].map((index) => ({ index, density: 0.1 * (index + 1) }));
  await insertTestFeatures(server.db, runId, [...features, { index: 3, dead: true, density: 0, maxActivation: 0 }]);
});
afterAll(() => server.close());

const request = (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) =>
  server.app.inject({ method, url, payload, headers: jsonHeaders });

test('a ranking waits with its job, is listed, cancelled and deleted', async () => {
  const created = await request('POST', `/api/runs/${runId}/causal`, { nFeatures: 2 });
  expect(created.statusCode).toBe(201);
  const { id } = created.json();
  expect(await server.queue.hasRanking(id)).toBe(true);
  const listed = (await request('GET', `/api/runs/${runId}/causal`)).json().rankings;
  expect(listed).toHaveLength(1);
  expect(listed[0]).toMatchObject({
    ...{ id, runId, kind: 'run', status: 'queued', result: null, labels: {} },
    request: { nFeatures: 2, nContexts: 48, seed: 1 },
  });
  expect((await request('POST', `/api/causal/${id}/cancel`)).statusCode).toBe(204);
  expect((await request('GET', `/api/causal/${id}`)).json()).toMatchObject({ status: 'cancelled' });
  expect((await request('DELETE', `/api/causal/${id}`)).statusCode).toBe(204);
  expect((await request('GET', `/api/causal/${id}`)).statusCode).toBe(404);
  expect((await request('DELETE', `/api/causal/${id}`)).statusCode).toBe(404);
  expect((await request('POST', `/api/causal/${id}/cancel`)).statusCode).toBe(404);
});

test('a check that no inference process takes on leaves nothing behind', async () => {
  const refused = await request('POST', `/api/runs/${runId}/features/1/causal`, {});
  expect(refused.json().error.code).toBe('inference_unavailable');
  expect((await request('GET', `/api/runs/${runId}/features/1/causal`)).json()).toEqual({ checks: [] });
});

test('refuses what cannot be checked, and says why', async () => {
  const check = (index: number, body = {}) => request('POST', `/api/runs/${runId}/features/${index}/causal`, body);
  expect((await check(3)).json().error.message).toContain('never fired');
  expect((await check(77)).statusCode).toBe(404);
  expect((await check(0, { nContexts: 1000 })).json().error).toMatchObject({
    code: 'invalid_request',
    field: 'nContexts',
  });
  const empty = await insertRun();
  expect((await request('POST', `/api/runs/${empty}/causal`, {})).statusCode).toBe(422);
  const unknown = await request('POST', `/api/runs/${crypto.randomUUID()}/causal`, {});
  expect(unknown.statusCode).toBe(404);
  const unchangeable = await insertRun('blocks.0.hook_mlp_out');
  await server.db.prisma.run.update({ where: { id: unchangeable }, data: { nFeatures: 1 } });
  expect((await request('POST', `/api/runs/${unchangeable}/causal`, {})).json().error.code).toBe('unsupported_hook');
});

test('estimates grow with what is asked, and follow what earlier checks took', async () => {
  const estimate = async (kind: string, body: object) =>
    (await request('POST', `/api/runs/${runId}/${kind}/estimate`, body)).json();
  const small = await estimate('causal', { nFeatures: 1, nContexts: 10 });
  const large = await estimate('causal', { nFeatures: 3, nContexts: 100 });
  // Features 0 to 2 fire on a tenth to three tenths of the tokens: in nearly every context.
  expect(large.nPasses).toBeGreaterThan(100 * (2 + 3 * 3 * 0.95));
  expect(large.nPasses).toBeLessThanOrEqual(100 * (2 + 3 * 3));
  expect(large.seconds).toBeGreaterThan(small.seconds);
  expect(small.basis).toContain('Operation counts');
  const feature = await estimate('features/causal', { nContexts: 10, nNulls: 2 });
  expect(feature.nPasses).toBe(10 * 5 + 30 + 2 * 3 * 5);

  const startedAt = new Date(Date.now() - 60_000);
  await server.db.prisma.causalCheck.create({
    data: {
      ...{ id: crypto.randomUUID(), runId, kind: 'run', request: { nFeatures: 1, nContexts: 5, seed: 1 } },
      ...{ status: 'succeeded', nPasses: 30, startedAt, finishedAt: new Date(startedAt.getTime() + 15_000) },
    },
  });
  const measured = await estimate('causal', { nFeatures: 3, nContexts: 100 });
  expect(measured.seconds).toBeCloseTo(large.nPasses / 2, 6);
  expect(measured.basis).toContain('earlier check');
});
