import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { modelCreatedSchema, modelInspectionSchema, modelSchema } from '@featurescope/contracts';
import { findModel } from '@featurescope/db';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { followModel, requestJson } from './adding-models.testing.ts';
import { insertTestDataset, startTestServer, type TestServer } from './test-server.testing.ts';

const fixture = path.resolve(import.meta.dirname, '../../../../packages/lm/fixtures/gqa-tied');
let server: TestServer;
let root: string;
let outside: string;

beforeAll(async () => {
  server = await startTestServer();
  root = await realpath(path.join(server.dataDirectory, 'models'));
  outside = await realpath(await mkdtemp(path.join(tmpdir(), 'featurescope-outside-')));
  await cp(fixture, path.join(outside, 'model'), { recursive: true });
  await server.app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await server.close();
  await rm(outside, { recursive: true, force: true });
});

let directory: string;
let nth = 0;
beforeEach(async () => {
  directory = path.join(root, `model-${++nth}`);
  await cp(fixture, directory, { recursive: true });
});

const request = (method: 'GET' | 'POST' | 'DELETE', url: string, body?: object) =>
  requestJson(server, method, url, body);
const inspect = (source: object) => request('POST', '/api/models/inspect', { source });
const add = (source: object) => request('POST', '/api/models', { source });

const follow = (id: string, options?: Parameters<typeof followModel>[2]) => followModel(server, id, options);

async function addAndFollow(source: object): Promise<string> {
  const { id } = modelCreatedSchema.parse((await add(source)).body);
  await follow(id);
  return id;
}

test('says what a directory holds without adding it', async () => {
  const { status, body } = await inspect({ kind: 'directory', path: directory });
  expect(status).toBe(200);
  expect(modelInspectionSchema.parse(body)).toMatchObject({
    source: { kind: 'directory', path: directory },
    name: path.basename(directory),
    modelType: 'llama',
    dtype: 'F32',
    downloadBytes: 0,
    addedAs: null,
    memoryBytes: 4 * body.nParameters,
  });
  expect(body.files.map((file: { name: string }) => file.name)).toContain('model.safetensors');
  expect(body.hooks.length).toBeGreaterThan(body.nLayers);
  const { body: found } = await request('GET', '/api/models/found');
  expect(found.found).toContainEqual({ kind: 'directory', path: directory, name: path.basename(directory) });
});

test('adds a directory, tells of it by events, and can then be run on', async () => {
  const { status, body } = await add({ kind: 'directory', path: path.basename(directory) });
  expect(status).toBe(201);
  const events = await follow(body.id);
  expect(events[0]).toMatchObject({ seq: 1, type: 'model', payload: { status: 'adding' } });
  expect(events.at(-1)).toMatchObject({ type: 'model', payload: { status: 'ready', error: null } });
  const model = modelSchema.parse((await request('GET', `/api/models/${body.id}`)).body);
  expect(model).toMatchObject({ status: 'ready', progress: null, source: { path: directory }, bundled: false });
  expect(model.weightsHash).toMatch(/^[0-9a-f]{64}$/);
  expect(model.lastSeq).toBe(events.at(-1)?.seq);
  const { body: found } = await request('GET', '/api/models/found');
  expect(found.found.map((each: { path: string }) => each.path)).not.toContain(directory);

  const again = await add({ kind: 'directory', path: directory });
  expect([again.status, again.body.error.message]).toEqual([409, expect.stringContaining(path.basename(directory))]);
});

test('adds a GGUF file', async () => {
  const file = path.join(root, 'small.gguf');
  await cp(path.resolve(fixture, '../gguf/gqa-llama3-float16.gguf'), file);
  const { body } = await inspect({ kind: 'gguf', path: 'small.gguf' });
  expect(body).toMatchObject({
    source: { kind: 'gguf', path: file },
    name: 'small',
    modelType: 'llama',
    dtype: 'F16, F32',
  });
  const id = await addAndFollow({ kind: 'gguf', path: file });
  const row = await findModel(server.db, id);
  expect(row).toMatchObject({ status: 'ready', directory: file, dtype: 'F16, F32' });
  expect(row?.tokenizerHash).toMatch(/^[0-9a-f]{64}$/);
  const wrong = await inspect({ kind: 'directory', path: file });
  expect([wrong.status, wrong.body.error.message]).toEqual([422, expect.stringContaining('is of kind "gguf"')]);
});

test('a failed model says why, cannot be run on, and can be tried again', async () => {
  const { id } = modelCreatedSchema.parse((await add({ kind: 'directory', path: directory })).body);
  await server.context.adder.stop(id);
  // As the start does after the process was killed in the middle.
  await server.db.prisma.model.update({ where: { id }, data: { status: 'adding', weightsHash: '' } });
  await rm(path.join(directory, 'model.safetensors'));
  await server.context.adder.resume();
  await follow(id, { until: 'failed' });
  const failed = (await request('GET', `/api/models/${id}`)).body;
  expect(failed).toMatchObject({ status: 'failed', error: expect.stringContaining('no model.safetensors') });

  const run = {
    ...{ modelId: id, datasetId: await insertTestDataset(server.db), hookName: failed.defaultHookName },
    ...{ architecture: 'topk', nLatents: 64, k: 4, nTokens: 10_000, batchSize: 100, learningRate: 0.001, seed: 1 },
  };
  for (const url of ['/api/runs', '/api/runs/estimate']) {
    const refused = await request('POST', url, run);
    expect([refused.status, refused.body.error]).toMatchObject([422, { field: 'modelId' }]);
  }

  await cp(path.join(fixture, 'model.safetensors'), path.join(directory, 'model.safetensors'));
  expect((await request('POST', `/api/models/${id}/retry`)).status).toBe(200);
  await follow(id, { afterSeq: failed.lastSeq });
  expect((await request('POST', `/api/models/${id}/retry`)).status).toBe(409);
  expect((await request('POST', '/api/runs', run)).status).toBe(201);

  const kept = await request('DELETE', `/api/models/${id}`);
  expect([kept.status, kept.body.error.message]).toEqual([
    409,
    expect.stringContaining(`"${path.basename(directory)} ·`),
  ]);
});

test('deletes a model with its events and leaves its files', async () => {
  const id = await addAndFollow({ kind: 'directory', path: directory });
  expect((await request('DELETE', `/api/models/${id}`)).status).toBe(204);
  expect(await findModel(server.db, id)).toBeNull();
  expect(await server.db.prisma.event.count({ where: { subjectId: id } })).toBe(0);
  expect((await inspect({ kind: 'directory', path: directory })).body.addedAs).toBeNull();
  expect((await request('DELETE', `/api/models/${id}`)).status).toBe(404);
  expect((await request('DELETE', `/api/models/${server.modelId}`)).status).toBe(409);
});

test('sees that files of a model were replaced', async () => {
  const id = await addAndFollow({ kind: 'directory', path: directory });
  const before = (await findModel(server.db, id))?.weightsHash;
  const weights = await readFile(path.join(directory, 'model.safetensors'));
  weights[weights.length - 1] ^= 1;
  await writeFile(path.join(directory, 'model.safetensors'), weights);
  await server.context.models.scan();
  const after = (await findModel(server.db, id))?.weightsHash;
  expect(after).toMatch(/^[0-9a-f]{64}$/);
  expect(after).not.toBe(before);
});

test('names the second of two models alike with a number', async () => {
  await addAndFollow({ kind: 'directory', path: directory });
  const other = path.join(root, 'nested', path.basename(directory));
  await cp(fixture, other, { recursive: true });
  const id = await addAndFollow({ kind: 'directory', path: other });
  expect((await findModel(server.db, id))?.name).toBe(`${path.basename(directory)} (2)`);
});

const refusals: [string, (where: string) => Promise<string> | string, number, string][] = [
  ['a path outside the roots', () => path.join(outside, 'model'), 422, 'not under the model roots'],
  ['a path outside that does not exist', () => path.join(outside, 'nothing'), 422, 'not under the model roots'],
  ['a path that climbs out', () => '../../../../etc', 422, 'not under the model roots'],
  ['what does not exist', () => 'nothing-here', 422, 'there is nothing'],
  [
    'a link that leads out of the roots',
    async (where) => {
      await symlink(path.join(outside, 'model'), `${where}-link`);
      return `${where}-link`;
    },
    422,
    'not under the model roots',
  ],
  [
    'weights that are a link out of the roots',
    async (where) => {
      await rm(path.join(where, 'model.safetensors'));
      await symlink(path.join(outside, 'model/model.safetensors'), path.join(where, 'model.safetensors'));
      return where;
    },
    422,
    'model.safetensors is a link',
  ],
  ['a file as a directory', (where) => path.join(where, 'config.json'), 422, 'is a file'],
  [
    'weights that are cut off',
    async (where) => {
      await truncate(path.join(where, 'model.safetensors'), 1000);
      return where;
    },
    422,
    'model.safetensors',
  ],
  [
    'pickled weights',
    async (where) => {
      await rm(path.join(where, 'model.safetensors'));
      await writeFile(path.join(where, 'pytorch_model.bin'), '');
      return where;
    },
    422,
    'pickle (pytorch_model.bin)',
  ],
  [
    'an unknown architecture',
    async (where) => {
      await writeFile(path.join(where, 'config.json'), '{"model_type":"mamba"}');
      return where;
    },
    422,
    'mamba',
  ],
  [
    'weights quantised by another library',
    async (where) => {
      const { default: config } = await import(path.join(fixture, 'config.json'), { with: { type: 'json' } });
      await writeFile(
        path.join(where, 'config.json'),
        JSON.stringify({ ...config, quantization_config: { quant_method: 'gptq' } }),
      );
      return where;
    },
    422,
    'gptq',
  ],
  [
    'a directory without a tokenizer',
    async (where) => {
      await rm(path.join(where, 'tokenizer.json'));
      return where;
    },
    422,
    'no tokenizer.json',
  ],
];
test.each(refusals)('refuses %s, and adds nothing', async (_, prepare, status, message) => {
  const source = { kind: 'directory', path: await prepare(directory) };
  for (const answer of [await inspect(source), await add(source)]) {
    expect(answer.status).toBe(status);
    expect(answer.body.error.message).toContain(message);
    expect(answer.body.error.field).toMatch(/^source/);
  }
  expect(await server.db.prisma.model.count({ where: { directory } })).toBe(0);
});

test('finds models in the roots and one directory below, not through links that lead out', async () => {
  const group = path.join(root, 'group');
  await mkdir(group);
  await writeFile(path.join(group, 'some.gguf'), 'GGUF');
  await symlink(path.join(outside, 'model'), path.join(root, 'escape'));
  const paths = (await request('GET', '/api/models/found')).body.found.map((each: { path: string }) => each.path);
  expect(paths).toContain(path.join(group, 'some.gguf'));
  expect(paths.filter((each: string) => each.includes('escape') || each.startsWith(outside))).toEqual([]);
});
