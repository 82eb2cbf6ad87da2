import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  dictionaryDirectoryListSchema,
  dictionaryInspectionSchema,
  dictionaryUploadSchema,
  runSchema,
} from '@featurescope/contracts';
import { decodeSafetensors, encodeSafetensors, fromSaelensDirectory } from '@featurescope/sae';
import { readDictionary } from '@featurescope/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insertTestDataset, jsonHeaders, multipart, startTestServer, type TestServer } from './test-server.testing.ts';

/** Made by SAELens for the bundled model: packages/sae/reference/tiny_topk.py. */
const fixture = path.resolve(import.meta.dirname, '../../../../packages/sae/fixtures/sae-lens-topk');
const hookName = 'blocks.2.hook_resid_post';

let server: TestServer;
let datasetId: string;
let root: string;

beforeAll(async () => {
  server = await startTestServer();
  datasetId = await insertTestDataset(server.db);
  root = path.join(server.dataDirectory, 'dictionaries');
  await place('mine/topk');
});
afterAll(() => server.close());

/** The fixture under the root, with some of its files changed. */
async function place(name: string, changed: Record<string, string | Uint8Array> = {}): Promise<void> {
  await cp(fixture, path.join(root, name), { recursive: true });
  for (const [file, content] of Object.entries(changed)) await writeFile(path.join(root, name, file), content);
}

const fixtureFile = (name: string) => readFile(path.join(fixture, name));
/** cfg.json with another hook in its metadata. */
const cfgWithHook = async (hook: string | null) => {
  const known = JSON.parse((await fixtureFile('cfg.json')).toString('utf8'));
  return JSON.stringify({ ...known, metadata: { ...known.metadata, hook_name: hook } });
};

const post = (url: string, body: unknown) =>
  server.app.inject({ method: 'POST', url, headers: jsonHeaders, payload: JSON.stringify(body) });
const directory = (name: string) => ({ kind: 'directory', path: name }) as const;
const inspect = (body: object) => post('/api/dictionaries/inspect', { modelId: server.modelId, ...body });
const importRun = (body: object) => post('/api/runs/import', { modelId: server.modelId, datasetId, ...body });

describe('inspecting', () => {
  test('a directory says what it holds and where it belongs', async () => {
    const list = (await server.app.inject({ url: '/api/dictionaries', headers: jsonHeaders })).json();
    expect(dictionaryDirectoryListSchema.parse(list).directories).toContainEqual({
      path: 'mine/topk',
      sizeBytes: expect.any(Number),
    });
    const response = await inspect({ source: directory('mine/topk') });
    expect(response.statusCode).toBe(200);
    expect(dictionaryInspectionSchema.parse(response.json())).toMatchObject({
      ...{ format: 'saelens', architecture: 'topk', dIn: 256, nLatents: 128, k: 8 },
      ...{ modelName: 'featurescope-tiny', hookName, suggestedHookName: hookName, problems: [] },
      // The test's model lies in a directory called tiny.
      notes: [expect.stringMatching(/trained on featurescope-tiny/)],
    });
    expect(response.json().hooks.map(({ name }: { name: string }) => name)).toContain('blocks.5.hook_mlp_out');
    expect(response.json().hooks.every(({ width }: { width: number }) => width === 256)).toBe(true);
  });

  test('what does not fit is told with a remedy, at the field', async () => {
    await place('elsewhere', { 'cfg.json': await cfgWithHook('blocks.30.hook_resid_post') });
    const elsewhere = (await inspect({ source: directory('elsewhere') })).json();
    expect(elsewhere.problems).toEqual([
      { field: 'hookName', message: expect.stringMatching(/blocks\.30\.hook_resid_post, which tiny does not have/) },
    ]);
    expect((await inspect({ source: directory('elsewhere'), hookName })).json().problems).toEqual([]);
    const narrow = await inspect({ source: directory('elsewhere'), hookName: 'blocks.0.mlp.hook_post' });
    expect(narrow.json().problems[0].message).toMatch(/have 704 values; the dictionary reads 256/);
    const golden = JSON.parse(
      await readFile(path.resolve(fixture, '../../reference/saelens-architectures.golden.json'), 'utf8'),
    );
    const placeGolden = async (name: string) => {
      await mkdir(path.join(root, 'golden', name), { recursive: true });
      for (const [file, base64] of Object.entries<string>(golden[name].files))
        await writeFile(path.join(root, 'golden', name, file), Buffer.from(base64, 'base64'));
      return (await inspect({ source: directory(`golden/${name}`) })).json();
    };
    expect((await placeGolden('standard')).problems).toEqual([
      { field: 'modelId', message: expect.stringMatching(/reads activations of 16 values/) },
    ]);
    const names = Object.keys(golden);
    const transcoder = names.find((name) => name.startsWith('transcoder')) as string;
    expect((await placeGolden(transcoder)).problems[0]).toMatchObject({
      field: 'source',
      message: expect.stringMatching(/transcoder/),
    });
    const abstopk = names.find((name) => name.startsWith('abstopk')) as string;
    expect((await placeGolden(abstopk)).problems[0].message).toMatch(/can be negative/);
  });

  test('a folder whose name tells the hook is enough', async () => {
    await place('layer_4', { 'cfg.json': await cfgWithHook(null) });
    expect((await inspect({ source: directory('layer_4') })).json()).toMatchObject({
      hookName: null,
      suggestedHookName: 'blocks.4.hook_resid_post',
    });
  });

  test('nothing outside the roots is read, by name or by link', async () => {
    await symlink(fixture, path.join(root, 'out'));
    for (const outside of ['../models/tiny', fixture, 'out', '/etc', 'nowhere']) {
      const { statusCode, json } = await inspect({ source: directory(outside) });
      expect([outside, statusCode, json().error.field]).toEqual([outside, 400, 'source.path']);
      expect(json().error.message).toMatch(/no such directory below .*FEATURESCOPE_DICTIONARY_ROOTS/);
    }
  });

  test('damaged files and pickles are refused with what is wrong', async () => {
    const { tensors, metadata } = decodeSafetensors(await fixtureFile('sae_weights.safetensors'));
    const { wEnc } = fromSaelensDirectory(
      (await fixtureFile('cfg.json')).toString('utf8'),
      await fixtureFile('sae_weights.safetensors'),
    ).weights;
    const damaged = wEnc.slice();
    damaged[77] = Number.NaN;
    const withNaN = { ...tensors, W_enc: { dtype: 'F32' as const, shape: [256, 128], data: damaged } };
    await place('nan', { 'sae_weights.safetensors': encodeSafetensors({ tensors: withNaN, metadata }) });
    const nan = await inspect({ source: directory('nan') });
    expect([nan.statusCode, nan.json().error.code]).toEqual([422, 'dictionary_invalid']);
    expect(nan.json().error.message).toMatch(/W_enc has NaN at value 77/);
    await place('cut', { 'sae_weights.safetensors': (await fixtureFile('sae_weights.safetensors')).subarray(0, 5000) });
    expect((await inspect({ source: directory('cut') })).json().error.code).toBe('dictionary_invalid');
    await mkdir(path.join(root, 'pickle'));
    await writeFile(path.join(root, 'pickle', 'ae.pt'), 'never opened');
    expect((await inspect({ source: directory('pickle') })).json().error.message).toMatch(/weights_only=True/);
  });
});

describe('importing', () => {
  test('makes a run with its files and its index job', async () => {
    const before = await server.queue.length();
    const response = await importRun({ source: directory('mine/topk'), name: 'Theirs' });
    expect(response.json()).toEqual({ id: expect.any(String) });
    expect(response.statusCode).toBe(201);
    const { id } = response.json();
    const run = runSchema.parse((await server.app.inject({ url: `/api/runs/${id}`, headers: jsonHeaders })).json());
    expect(run).toMatchObject({
      ...{ name: 'Theirs', origin: 'imported', status: 'queued', architecture: 'topk', nLatents: 128, k: 8, hookName },
      ...{ nTokens: null, batchSize: null, learningRate: null, nSteps: null, latest: null, fvuSparkline: [] },
      imported: { format: 'saelens', found: expect.stringContaining('topk, 256 → 128 latents') },
      resolvedConfig: { dModel: 256, contextSize: 256, trainedOn: { modelName: 'featurescope-tiny' } },
    });
    expect(run.resolvedConfig).not.toHaveProperty('nTokens');
    expect(await server.queue.length()).toBe(before + 1);
    const { rows } = await server.db.pool.query<{ name: string }>(
      'SELECT "name" FROM pgboss.job WHERE "singleton_key" = $1',
      [id],
    );
    expect(rows).toEqual([{ name: 'index' }]);
    const files = await readDictionary(server.context.store.dictionaryDirectory(id));
    const { config, weights, metadata } = fromSaelensDirectory(files!['cfg.json'], files!['sae_weights.safetensors']);
    expect(config).toMatchObject({ architecture: 'topk', dModel: 256, nLatents: 128, k: 8 });
    expect(metadata).toMatchObject({ hookName, modelName: 'featurescope-tiny', contextSize: 128 });
    expect(Math.hypot(...weights.wDec.subarray(0, 256))).toBeCloseTo(1, 5);
    // Cancelled and resumed, it is the index job that goes on.
    expect((await post(`/api/runs/${id}/cancel`, {})).statusCode).toBe(200);
    await post(`/api/runs/${id}/resume`, {});
    const jobs = await server.db.pool.query(
      `SELECT "name" FROM pgboss.job WHERE "singleton_key" = $1 AND "state" = 'created'`,
      [id],
    );
    expect(jobs.rows).toEqual([{ name: 'index' }]);
  });

  test('refuses what inspection finds, and then leaves nothing', async () => {
    const runs = await server.db.prisma.run.count();
    const elsewhere = await importRun({ source: directory('elsewhere') });
    expect([elsewhere.statusCode, elsewhere.json().error]).toEqual([
      422,
      expect.objectContaining({ code: 'unsupported_hook', field: 'hookName' }),
    ]);
    const transcoders = await readdir(path.join(root, 'golden'));
    const transcoder = transcoders.find((name) => name.startsWith('transcoder')) as string;
    expect((await importRun({ source: directory(`golden/${transcoder}`) })).json().error).toMatchObject({
      code: 'unprocessable',
      field: 'source',
    });
    const nowhere = await importRun({ source: directory('mine/topk'), datasetId: crypto.randomUUID() });
    expect(nowhere.json().error).toMatchObject({ code: 'unprocessable', field: 'datasetId' });
    expect(await server.db.prisma.run.count()).toBe(runs);
    const stored = await readdir(path.join(server.context.store.root, 'runs'));
    expect(stored).toHaveLength(await server.db.prisma.run.count());
  });
});

describe('uploading', () => {
  const upload = async (files: Record<string, string | Uint8Array>, folder?: string) => {
    const form = new FormData();
    if (folder !== undefined) form.append('folder', folder);
    for (const [name, content] of Object.entries(files)) form.append('file', new Blob([content as BlobPart]), name);
    return server.app.inject({ method: 'POST', url: '/api/dictionaries/uploads', ...(await multipart(form)) });
  };
  const uploads = () => readdir(path.join(server.context.store.root, 'uploads')).catch(() => []);

  test('files can be inspected and imported, and are gone after that', async () => {
    const files = {
      'cfg.json': await cfgWithHook(null),
      'sae_weights.safetensors': await fixtureFile('sae_weights.safetensors'),
    };
    const response = await upload(files, 'release/layer_3');
    expect(response.statusCode).toBe(201);
    const { uploadId } = dictionaryUploadSchema.parse(response.json());
    const source = { kind: 'upload', uploadId };
    expect((await inspect({ source })).json().suggestedHookName).toBe('blocks.3.hook_resid_post');
    const imported = await importRun({ source });
    expect(imported.statusCode).toBe(201);
    const run = await server.db.prisma.run.findUniqueOrThrow({ where: { id: imported.json().id } });
    expect(run.imported).toMatchObject({ source: 'cfg.json, sae_weights.safetensors' });
    expect(await uploads()).not.toContain(uploadId);
    expect((await inspect({ source })).statusCode).toBe(404);
  });

  test('only the files of a dictionary are taken, and nothing stays of a refused upload', async () => {
    const before = await uploads();
    const refused = async (files: Record<string, string>, code: string, message: RegExp) => {
      const { error } = (await upload(files)).json();
      expect(error.code).toBe(code);
      expect(error.message).toMatch(message);
    };
    await refused({ 'cfg.json': '{}', '../../cfg.json': '{}' }, 'dictionary_invalid', /cfg\.json/);
    await refused({ 'evil.sh': 'rm' }, 'dictionary_invalid', /is no file of a dictionary/);
    await refused({ 'ae.pt': 'pickle' }, 'dictionary_invalid', /Python pickle[\s\S]*safetensors/);
    await refused({ 'cfg.json': 'x'.repeat(1024 ** 2 + 1) }, 'payload_too_large', /cfg\.json exceeds 1048576 bytes/);
    await refused({}, 'dictionary_invalid', /There are no files/);
    expect(await uploads()).toEqual(before);
  });

  test('what nobody imports is removed after a day', async () => {
    const { uploadId } = (await upload({ 'cfg.json': '{}' })).json();
    const kept = server.context.store.uploadDirectory(uploadId);
    await server.context.dictionaryUploads.removeOld();
    expect(existsSync(kept)).toBe(true);
    const yesterday = Date.now() / 1000 - 25 * 3600;
    await utimes(kept, yesterday, yesterday);
    await server.context.dictionaryUploads.removeOld();
    expect(existsSync(kept)).toBe(false);
  });
});
