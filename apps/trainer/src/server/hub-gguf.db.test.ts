import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { hubGgufListSchema, modelInspectionSchema } from '@featurescope/contracts';
import { findModel } from '@featurescope/db';
import { commit, TestHub } from '@featurescope/hub/testing';
import { loadModel } from '@featurescope/lm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { followModel, requestJson } from './adding-models.testing.ts';
import { startTestServer, type TestServer } from './test-server.testing.ts';

const fixture = path.resolve(import.meta.dirname, '../../../../packages/lm/fixtures/gguf/gqa-tied.gguf');
const repo = { repo: 'org/model' };
const source = { kind: 'hub', ...repo, path: 'model-F32.gguf' };
let hub: TestHub;
let server: TestServer;
let content: Buffer;

beforeAll(async () => {
  hub = await TestHub.start();
  server = await startTestServer({ hub: { endpoint: hub.url, retryDelayMs: 1 } });
  await server.app.listen({ host: '127.0.0.1', port: 0 });
  content = await readFile(fixture);
});
afterAll(async () => {
  await server.close();
  await hub.close();
});
beforeEach(async () => {
  hub.requests.length = 0;
  hub.files.clear();
  hub.add('model-F32.gguf', content, true);
  await server.db.prisma.model.deleteMany({ where: { bundled: false } });
});

const post = (url: string, body: object) => requestJson(server, 'POST', url, body);

test('lists the files of a repository with what their names tell, the smallest first', async () => {
  hub.add('README.md', '# model');
  for (const [name, size] of [
    ['model-Q4_K_M.gguf', 100],
    ['model.IQ3_XS.gguf', 80],
    ['BF16/model-BF16-00001-of-00002.gguf', 400],
    ['mmproj-model-f16.gguf', 90],
    ['unnamed.gguf', 200],
  ] as const)
    hub.add(name, Buffer.alloc(size), true);
  const { status, body } = await post('/api/models/hub-gguf', repo);
  expect(status).toBe(200);
  const list = hubGgufListSchema.parse(body);
  expect(list).toMatchObject({ repo: 'org/model', commit, hasSafetensors: false });
  expect(list.files.map((file) => [file.path, file.quantisation, file.problem])).toEqual([
    ['model.IQ3_XS.gguf', 'IQ3_XS', expect.stringContaining('IQ3_XS is not read')],
    ['mmproj-model-f16.gguf', 'F16', expect.stringContaining('images')],
    ['model-Q4_K_M.gguf', 'Q4_K_M', null],
    ['unnamed.gguf', null, null],
    ['BF16/model-BF16-00001-of-00002.gguf', 'BF16', expect.stringContaining('one of 2 parts')],
    ['model-F32.gguf', 'F32', null],
  ]);
  expect(hub.requests.some(({ url }) => url.includes('/resolve/'))).toBe(false);
});

test('says what a file holds by its header alone, then downloads the rest, adds it and runs it', async () => {
  // As long as a real one: its header is a small part of it.
  const padded = Buffer.concat([content, Buffer.alloc(33 * 1024 ** 2)]);
  hub.add('folder/model-F32.gguf', padded, true);
  const deep = { ...source, path: 'folder/model-F32.gguf' };
  const { status, body } = await post('/api/models/inspect', { source: deep });
  expect(status).toBe(200);
  const inspection = modelInspectionSchema.parse(body);
  expect(inspection).toMatchObject({
    source: { ...deep, revision: commit },
    ...{ name: 'model-F32', modelType: 'llama', dtype: 'F32', licence: 'apache-2.0' },
    files: [{ name: deep.path, sizeBytes: padded.length, isLocal: false }],
    downloadBytes: padded.length,
  });
  expect(hub.requests.at(-1)?.range).toBe(`bytes=0-${32 * 1024 ** 2 - 1}`);
  const { body: created } = await post('/api/models', { source: deep });
  await followModel(server, created.id);
  expect(hub.requests.at(-1)?.range).toBe(`bytes=${32 * 1024 ** 2}-`);
  const row = await findModel(server.db, created.id);
  expect(row).toMatchObject({ status: 'ready', source: { ...deep, revision: commit } });
  const model = await loadModel(row?.directory as string, { threads: 1 });
  expect(model.config.nLayers).toBe(inspection.nLayers);
  await model.dispose();
  expect((await post('/api/models', { source: deep })).status).toBe(409);
});

test('a repository without safetensors names its GGUF files', async () => {
  const { status, body } = await post('/api/models/inspect', { source: { kind: 'hub', ...repo } });
  expect([status, body.error.message]).toEqual([422, expect.stringMatching(/Add model-F32\.gguf as a GGUF file/)]);
});

test.each([
  ['a file that is not there', { path: 'other.gguf' }, 422, /has no other\.gguf/],
  ['a part of a model', { path: 'm-00001-of-00003.gguf' }, 422, /one of 3 parts/],
  ['another kind of file', { path: 'model.safetensors' }, 400, /ends with \.gguf/],
  ['a path that leads up', { path: '../model.gguf' }, 400, /names between slashes/],
])('refuses %s', async (_, changed, status, message) => {
  hub.add('m-00001-of-00003.gguf', content, true);
  const answer = await post('/api/models/inspect', { source: { ...source, ...changed } });
  expect([answer.status, answer.body.error.message]).toEqual([status, expect.stringMatching(message)]);
});

test('refuses a file that is none, or one whose header asks for more than there is', async () => {
  hub.add('model-F32.gguf', Buffer.from('not a model'), true);
  expect((await post('/api/models/inspect', { source })).body.error.code).toBe('model_invalid');
  hub.add('model-F32.gguf', content.subarray(0, 20_000), true);
  const cut = await post('/api/models/inspect', { source });
  expect([cut.status, cut.body.error.message]).toEqual([422, expect.stringMatching(/model-F32\.gguf/)]);
});
