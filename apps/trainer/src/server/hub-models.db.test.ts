import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { modelInspectionSchema } from '@featurescope/contracts';
import { findModel, readEvents } from '@featurescope/db';
import { commit, TestHub } from '@featurescope/hub/testing';
import { loadModel } from '@featurescope/lm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { followModel, requestJson } from './adding-models.testing.ts';
import { startTestServer, type TestServer } from './test-server.testing.ts';

const fixture = path.resolve(import.meta.dirname, '../../../../packages/lm/fixtures/gqa-tied');
const source = { kind: 'hub', repo: 'org/model' };
let hub: TestHub;
let server: TestServer;

beforeAll(async () => {
  hub = await TestHub.start();
  server = await startTestServer({ hub: { endpoint: hub.url, token: 'hf_secret', retryDelayMs: 1 } });
  await server.app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await server.close();
  await hub.close();
});
beforeEach(async () => {
  hub.intercept = () => false;
  hub.requests.length = 0;
  hub.files.clear();
  for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json'])
    hub.add(name, await readFile(path.join(fixture, name)));
  hub.add('model.safetensors', await readFile(path.join(fixture, 'model.safetensors')), true);
  hub.add('README.md', '---\nlicense: apache-2.0\n---\n');
  hub.add('pytorch_model.bin', 'pickle', true);
  await server.db.prisma.model.deleteMany({ where: { bundled: false } });
});

const request = (method: 'GET' | 'POST' | 'DELETE', url: string, body?: object) =>
  requestJson(server, method, url, body);

const follow = (id: string, options?: Parameters<typeof followModel>[2]) => followModel(server, id, options);

const downloaded = () => hub.requests.flatMap(({ url }) => /\/resolve\/[0-9a-f]+\/([^?]+)/.exec(url)?.[1] ?? []);

test('says what would be downloaded, then adds a model pinned to its commit, and runs it', async () => {
  const { status, body } = await request('POST', '/api/models/inspect', { source });
  expect(status).toBe(200);
  const inspection = modelInspectionSchema.parse(body);
  expect(inspection).toMatchObject({
    source: { ...source, revision: commit },
    name: 'model',
    modelType: 'llama',
    licence: 'apache-2.0',
  });
  expect(inspection.files.map(({ name, isLocal }) => [name, isLocal])).toEqual(
    expect.arrayContaining([
      ['config.json', true],
      ['model.safetensors', false],
    ]),
  );
  expect(inspection.files.map(({ name }) => name)).not.toContain('pytorch_model.bin');
  expect(downloaded()).toEqual(['config.json']);

  const { body: created } = await request('POST', '/api/models', { source });
  await follow(created.id);
  // As recorded: what a client gets leaves out progress that later progress supersedes.
  const events = await readEvents(server.db, created.id, { afterSeq: 0, limit: 1000 });
  const phases = events.flatMap((event) => (event.type === 'transfer' ? [event.payload.phase] : []));
  expect(new Set(phases)).toEqual(new Set(['download', 'check']));
  expect(downloaded()).not.toContain('pytorch_model.bin');
  const row = await findModel(server.db, created.id);
  expect(row).toMatchObject({ status: 'ready', source: { ...source, revision: commit }, licence: 'apache-2.0' });
  const model = await loadModel(row?.directory as string, { threads: 1 });
  expect(model.config.nLayers).toBe(inspection.nLayers);
  await model.dispose();

  const cache = path.join(server.dataDirectory, 'hub/models--org--model');
  expect((await request('DELETE', `/api/models/${created.id}`)).status).toBe(204);
  expect(await readdir(path.join(cache, 'snapshots', commit))).toContain('model.safetensors');
});

test('takes the shards that an index names, and nothing else', async () => {
  hub.files.delete('model.safetensors');
  const shards = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
  for (const name of [...shards, 'consolidated.safetensors']) hub.add(name, `${name} of the test`, true);
  const weightMap = Object.fromEntries(shards.map((name, i) => [`tensor.${i}`, name]));
  hub.add('model.safetensors.index.json', JSON.stringify({ weight_map: weightMap }));
  const { body } = await request('POST', '/api/models/inspect', { source });
  const names = body.files.map((file: { name: string }) => file.name);
  expect(names.filter((name: string) => name.endsWith('.safetensors'))).toEqual(shards);
  hub.add('model.safetensors.index.json', JSON.stringify({ weight_map: { a: '../../escape.safetensors' } }));
  const refused = await request('POST', '/api/models/inspect', { source });
  expect([refused.status, refused.body.error.message]).toEqual([422, expect.stringContaining('escape')]);
});

test('a download that the server’s end interrupts goes on at the next start', async () => {
  const weights = await readFile(path.join(fixture, 'model.safetensors'));
  // Another content, so that the cache of the test before does not have it.
  weights[weights.length - 1] ^= 1;
  hub.add('model.safetensors', weights, true);
  let reached: () => void;
  const midway = new Promise<void>((resolve) => {
    reached = resolve;
  });
  hub.intercept = (incoming, response) => {
    if (!incoming.url?.startsWith('/storage/model.safetensors')) return false;
    response.writeHead(200, { 'content-length': weights.length });
    response.write(weights.subarray(0, 1000), () => reached());
    return true;
  };
  const { body } = await request('POST', '/api/models', { source });
  await midway;
  await server.context.adder.close();
  expect((await findModel(server.db, body.id))?.status).toBe('adding');
  const predict = await request('POST', `/api/models/${body.id}/predict`, { text: 'a' });
  expect([predict.status, predict.body.error.message]).toEqual([422, expect.stringContaining('adding')]);
  hub.intercept = () => false;
  await server.context.adder.resume();
  await follow(body.id);
});

test('deleting a model ends its download', async () => {
  const weights = await readFile(path.join(fixture, 'model.safetensors'));
  weights[weights.length - 2] ^= 1;
  hub.add('model.safetensors', weights, true);
  let ended: () => void;
  const cut = new Promise<void>((resolve) => {
    ended = resolve;
  });
  hub.intercept = (incoming, response) => {
    if (!incoming.url?.startsWith('/storage/model.safetensors')) return false;
    response.writeHead(200, { 'content-length': weights.length });
    response.write(weights.subarray(0, 1000));
    response.on('close', () => ended());
    return true;
  };
  const { body } = await request('POST', '/api/models', { source });
  expect((await request('DELETE', `/api/models/${body.id}`)).status).toBe(204);
  hub.requests.some(({ url }) => url.startsWith('/storage/')) && (await cut);
  expect((await request('GET', `/api/models/${body.id}`)).status).toBe(404);
});

test('a wrong file fails the model with the reason, and a second try succeeds', async () => {
  const weights = await readFile(path.join(fixture, 'model.safetensors'));
  weights[weights.length - 3] ^= 1;
  hub.add('model.safetensors', weights, true);
  hub.intercept = (incoming, response) => {
    if (!incoming.url?.startsWith('/storage/model.safetensors')) return false;
    hub.send(response, Buffer.alloc(weights.length), incoming.headers.range);
    return true;
  };
  const { body } = await request('POST', '/api/models', { source });
  await follow(body.id, { until: 'failed' });
  const failed = (await request('GET', `/api/models/${body.id}`)).body;
  expect(failed.error).toContain('model.safetensors is not what the hub says');
  hub.intercept = () => false;
  await request('POST', `/api/models/${body.id}/retry`);
  await follow(body.id, { afterSeq: failed.lastSeq });
});

test.each([
  ['a gated model', 401, 422, 'HF_TOKEN'],
  ['one that is not there', 404, 422, 'no model org/model'],
  ['a hub that is down', 503, 503, 'answers 503'],
])('refuses %s at once', async (_, hubStatus, status, message) => {
  hub.intercept = (_request, response) => {
    response.writeHead(hubStatus).end();
    return true;
  };
  const answer = await request('POST', '/api/models', { source });
  expect([answer.status, answer.body.error]).toMatchObject([
    status,
    { message: expect.stringContaining(message), field: 'source.repo' },
  ]);
  expect(await server.db.prisma.model.count({ where: { bundled: false } })).toBe(0);
});

test('refuses a model that has only pickles, and one of another architecture', async () => {
  hub.files.delete('model.safetensors');
  const pickles = await request('POST', '/api/models/inspect', { source });
  expect([pickles.status, pickles.body.error.message]).toEqual([422, expect.stringContaining('pytorch_model.bin')]);
  hub.add('model.safetensors', 'w', true);
  hub.add('config.json', '{"model_type":"mamba"}');
  const unknown = await request('POST', '/api/models/inspect', { source });
  expect([unknown.status, unknown.body.error.message]).toEqual([422, expect.stringContaining('mamba')]);
  hub.add('config.json', Buffer.alloc(2_000_000));
  const long = await request('POST', '/api/models/inspect', { source });
  expect([long.status, long.body.error.message]).toEqual([422, expect.stringContaining('2000000 bytes')]);
  expect(downloaded()).toEqual(['config.json']);
});

test.each([
  ['repo', '../../etc'],
  ['repo', 'a/b/c'],
  ['repo', 'http://elsewhere'],
  ['repo', 'a--b/c'],
  ['revision', '../main'],
  ['revision', 'a?b=c'],
])('refuses %s "%s" before anything is asked', async (field, value) => {
  const answer = await request('POST', '/api/models', { source: { ...source, [field]: value } });
  expect([answer.status, answer.body.error.field]).toEqual([400, `source.${field}`]);
  expect(hub.requests).toEqual([]);
});
