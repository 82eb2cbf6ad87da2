import { healthSchema, modelListSchema } from '@featurescope/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jsonHeaders, startTestServer, type TestServer } from './test-server.testing.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

describe('what the server says of itself', () => {
  test('health without worker and inference is degraded, and says so', async () => {
    const health = healthSchema.parse((await server.app.inject({ url: '/api/health', headers: jsonHeaders })).json());
    expect(health).toMatchObject({ status: 'degraded', database: 'up', inference: 'down', workers: 0, tensor: null });
  });

  test('models come with their hooks', async () => {
    const { models } = modelListSchema.parse(
      (await server.app.inject({ url: '/api/models', headers: jsonHeaders })).json(),
    );
    expect(models).toHaveLength(1);
    expect(models[0]).toMatchObject({
      name: 'tiny',
      bundled: true,
      dModel: 256,
      defaultHookName: 'blocks.2.hook_resid_post',
    });
    expect(models[0].hooks.find((hook) => hook.name === 'blocks.2.hook_resid_post')).toMatchObject({
      layer: 2,
      width: 256,
      steerable: true,
    });
    expect(models[0].hooks.find((hook) => hook.name === 'blocks.0.mlp.hook_post')?.steerable).toBe(false);
  });

  test.each([
    ['/api/runs/nope', 'There is no run "nope"'],
    ['/api/runs/nope/features', 'There is no run "nope"'],
    ['/api/datasets/nope', 'There is no dataset "nope"'],
    ['/api/models/nope', 'There is no model "nope"'],
    ['/api/steering/nope', 'There is no steering experiment "nope"'],
  ])('%s names the kind of thing that is missing', async (url, message) => {
    const method = url.startsWith('/api/datasets') ? 'DELETE' : 'GET';
    const response = await server.app.inject({ method, url, headers: jsonHeaders });
    expect(response.statusCode).toBe(404);
    expect(response.json().error.message).toContain(message);
  });

  test('every route of the API is documented', async () => {
    const { paths } = (await server.app.inject({ url: '/api/docs/json', headers: jsonHeaders })).json();
    expect(Object.keys(paths).sort()).toEqual([
      '/api/absorptions/{id}',
      '/api/activations',
      '/api/activations/{id}',
      '/api/analyses/{id}',
      '/api/causal/{id}',
      '/api/causal/{id}/cancel',
      '/api/comparisons',
      '/api/comparisons/candidates',
      '/api/comparisons/{id}',
      '/api/comparisons/{id}/features',
      '/api/datasets',
      '/api/datasets/{id}',
      '/api/dictionaries',
      '/api/dictionaries/downloads',
      '/api/dictionaries/downloads/{id}',
      '/api/dictionaries/hub',
      '/api/dictionaries/inspect',
      '/api/dictionaries/uploads',
      '/api/dictionaries/uploads/{id}',
      '/api/health',
      '/api/ladders',
      '/api/models',
      '/api/models/found',
      '/api/models/hub-gguf',
      '/api/models/inspect',
      '/api/models/{id}',
      '/api/models/{id}/generate',
      '/api/models/{id}/predict',
      '/api/models/{id}/retry',
      '/api/runs',
      '/api/runs/estimate',
      '/api/runs/import',
      '/api/runs/{id}',
      '/api/runs/{id}/absorptions',
      '/api/runs/{id}/activations',
      '/api/runs/{id}/bundle',
      '/api/runs/{id}/cancel',
      '/api/runs/{id}/causal',
      '/api/runs/{id}/causal/estimate',
      '/api/runs/{id}/decomposition',
      '/api/runs/{id}/dictionary/cfg.json',
      '/api/runs/{id}/dictionary/sae_weights.safetensors',
      '/api/runs/{id}/features',
      '/api/runs/{id}/features/causal/estimate',
      '/api/runs/{id}/features/distribution',
      '/api/runs/{id}/features/{index}',
      '/api/runs/{id}/features/{index}/causal',
      '/api/runs/{id}/features/{index}/examples',
      '/api/runs/{id}/features/{index}/label',
      '/api/runs/{id}/features/{index}/neurons',
      '/api/runs/{id}/features/{index}/star',
      '/api/runs/{id}/health',
      '/api/runs/{id}/health/blocks',
      '/api/runs/{id}/health/co-activation',
      '/api/runs/{id}/health/duplicates',
      '/api/runs/{id}/health/kinds',
      '/api/runs/{id}/metrics',
      '/api/runs/{id}/neuronpedia',
      '/api/runs/{id}/neurons/{neuron}',
      '/api/runs/{id}/pause',
      '/api/runs/{id}/recovery',
      '/api/runs/{id}/resume',
      '/api/runs/{id}/truths',
      '/api/steering',
      '/api/steering/{id}',
      '/api/sweeps',
      '/api/sweeps/estimate',
      '/api/sweeps/{id}',
    ]);
    expect(paths['/api/runs'].post.requestBody.content['application/json'].schema).toBeDefined();
  });
});

describe('hostile requests', () => {
  const post = (payload: string | Buffer, headers: Record<string, string> = jsonHeaders) =>
    server.app.inject({ method: 'POST', url: '/api/runs', headers, payload });

  test.each([
    ['text that is not JSON', '{"a": ', 400, 'malformed_json'],
    ['absurd nesting', '['.repeat(500_000), 400, 'malformed_json'],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 400, 'malformed_json'],
    ['a prototype key', '{"__proto__": {"admin": true}}', 400, 'invalid_request'],
    ['NUL in a key', '{"a\\u0000": 1}', 400, 'invalid_request'],
    ['an array', '[]', 400, 'invalid_request'],
    ['nothing', '', 400, 'invalid_request'],
    ['more than a megabyte', `"${'x'.repeat(1024 ** 2)}"`, 413, 'payload_too_large'],
  ])('%s is refused', async (_name, payload, status, code) => {
    const response = await post(payload);
    expect(response.json().error).toMatchObject({
      code,
      message: expect.stringMatching(/\w+\.$/),
      requestId: expect.any(String),
    });
    expect(response.statusCode).toBe(status);
  });

  test('a write must say that it is JSON', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml']) {
      const response = await post('{}', { host: '127.0.0.1', 'content-type': type });
      expect([response.statusCode, response.json().error.code]).toEqual([415, 'unsupported_media_type']);
    }
  });

  test.each([
    '/api/runs/1',
    '/api/runs/..%2f..%2fetc%2fpasswd',
    '/api/runs/%00',
    `/api/runs/${'9'.repeat(300)}`,
    `/api/runs/${crypto.randomUUID()}/features/-1`,
    `/api/runs/${crypto.randomUUID()}/features/99999999999999`,
    `/api/runs/${crypto.randomUUID()}/dictionary/..%2fcfg.json`,
    `/api/datasets/${crypto.randomUUID()}`,
    '/api/steering/x',
    '/api/nothing',
    '/anything',
  ])('%s is not found, and no error of the server', async (url) => {
    const response = await server.app.inject({ url, headers: jsonHeaders });
    expect([response.statusCode, response.json().error.code]).toEqual([404, 'not_found']);
  });

  test('what fails inside stays inside', async () => {
    const { db } = server;
    const id = crypto.randomUUID();
    // A row that no writer of ours makes: the answer's schema refuses it.
    await db.prisma.dataset.create({ data: { id, name: 'd', status: 'ready', format: 'txt', kinds: 'secret detail' } });
    const response = await server.app.inject({ url: `/api/datasets/${id}`, headers: jsonHeaders });
    expect(response.statusCode).toBe(500);
    expect(response.json().error).toMatchObject({
      code: 'internal',
      message: expect.stringContaining(response.json().error.requestId),
    });
    expect(response.body).not.toMatch(/secret|kinds|zod|stack|\.ts/i);
    await db.prisma.dataset.delete({ where: { id } });
  });
});

describe('who may ask', () => {
  const ask = (headers: Record<string, string>, method: 'GET' | 'POST' = 'GET') =>
    server.app.inject({
      method,
      url: method === 'GET' ? '/api/runs' : `/api/runs/${crypto.randomUUID()}/pause`,
      headers,
    });

  test.each(['evil.example', '127.0.0.1.evil.example', 'localhost.evil', '192.168.0.7', '0.0.0.0'])(
    'a Host of "%s" is refused',
    async (host) => {
      const response = await ask({ host });
      expect([response.statusCode, response.json().error.code]).toEqual([403, 'forbidden_host']);
    },
  );

  test.each(['127.0.0.1', '127.0.0.1:4321', 'localhost:80', 'LOCALHOST', '[::1]:99'])(
    'a Host of "%s" is welcome',
    async (host) => {
      expect((await ask({ host })).statusCode).toBe(200);
    },
  );

  test('writes of other origins are refused, reads and those of this origin are not', async () => {
    const host = '127.0.0.1:4321';
    for (const origin of ['http://evil.example', 'null', 'http://127.0.0.1:9999', 'http://localhost:4321'])
      expect((await ask({ host, origin }, 'POST')).json().error.code).toBe('forbidden_origin');
    expect((await ask({ host, 'sec-fetch-site': 'cross-site' }, 'POST')).json().error.code).toBe('forbidden_origin');
    expect((await ask({ host, origin: 'http://127.0.0.1:4321' }, 'POST')).json().error.code).toBe('not_found');
    expect((await ask({ host, origin: 'http://evil.example' })).statusCode).toBe(200);
    expect((await ask({ host, origin: 'http://evil.example' })).headers['access-control-allow-origin']).toBeUndefined();
  });

  test('answers carry a policy that loads nothing from elsewhere', async () => {
    const { headers } = await ask({ host: '127.0.0.1' });
    expect(headers['content-security-policy']).toMatch(/default-src 'self'.*frame-ancestors 'none'/);
    expect(headers['content-security-policy']).not.toMatch(/upgrade-insecure-requests|unsafe-eval'[^;]*unsafe-eval/);
    expect(headers['x-content-type-options']).toBe('nosniff');
  });
});
