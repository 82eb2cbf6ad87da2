import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  dictionaryDownloadSchema,
  dictionaryInspectionSchema,
  hubDictionaryListSchema,
  runSchema,
} from '@featurescope/contracts';
import { commit, TestHub } from '@featurescope/hub/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { requestJson } from './adding-models.testing.ts';
import { insertTestDataset, startTestServer, type TestServer } from './test-server.testing.ts';

const fixture = path.resolve(import.meta.dirname, '../../../../packages/sae/fixtures/sae-lens-topk');
const folder = 'blocks.2.hook_resid_post/width_128';
const source = { kind: 'hub', repo: 'org/model', path: folder };
const hookName = 'blocks.2.hook_resid_post';
let hub: TestHub;
let server: TestServer;
let datasetId: string;
let weights: Buffer;

beforeAll(async () => {
  hub = await TestHub.start();
  server = await startTestServer({ hub: { endpoint: hub.url, token: 'hf_secret', retryDelayMs: 1 } });
  datasetId = await insertTestDataset(server.db);
});
afterAll(async () => {
  await server.close();
  await hub.close();
});
let nth = 0;
beforeEach(async () => {
  hub.intercept = () => false;
  hub.storage = hub.url;
  hub.files.clear();
  hub.add(`${folder}/cfg.json`, await readFile(path.join(fixture, 'cfg.json')));
  weights = await readFile(path.join(fixture, 'sae_weights.safetensors'));
  // Another content each time, so that no test finds what one before it has fetched.
  weights.writeUInt8(++nth, weights.length - 4);
  hub.add(`${folder}/sae_weights.safetensors`, weights, true);
  hub.add('README.md', '# a release');
  hub.requests.length = 0;
});

const request = (method: 'GET' | 'POST' | 'DELETE', url: string, body?: object) =>
  requestJson(server, method, url, body);
const list = (body: object = {}) => request('POST', '/api/dictionaries/hub', { repo: 'org/model', ...body });
const inspect = (from: object = source) =>
  request('POST', '/api/dictionaries/inspect', { modelId: server.modelId, source: from });
const importRun = (from: object = source) =>
  request('POST', '/api/runs/import', { modelId: server.modelId, datasetId, source: from });
const download = () => request('POST', '/api/dictionaries/downloads', { repo: 'org/model', path: folder });
const fetched = () => hub.requests.flatMap(({ url }) => /\/resolve\/[0-9a-f]+\/([^?]+)/.exec(url)?.[1] ?? []);

/** Answers for the weights instead of the hub. */
function onWeights(answer: TestHub['intercept']): void {
  hub.intercept = (incoming, response) =>
    incoming.url?.startsWith('/storage/') === true && answer(incoming, response) !== false;
}

async function ended(id: string) {
  await expect
    .poll(async () => (await request('GET', `/api/dictionaries/downloads/${id}`)).body.status)
    .not.toBe('running');
  return dictionaryDownloadSchema.parse((await request('GET', `/api/dictionaries/downloads/${id}`)).body);
}

describe('listing', () => {
  test('folders that hold a dictionary of any format, with their sizes, and nothing is downloaded', async () => {
    hub.add('layer_10/width_16k/average_l0_71/params.npz', Buffer.alloc(5000), true);
    hub.add('layer_2/width_16k/average_l0_71/params.npz', Buffer.alloc(6000), true);
    hub.add('layers.5/cfg.json', '{}');
    hub.add('layers.5/sae.safetensors', Buffer.alloc(7000), true);
    hub.add('layers.5/optimizer.pt', 'pickle');
    hub.add('trainer_0/config.json', '{}');
    hub.add('trainer_0/ae.pt', 'pickle');
    const { status, body } = await list();
    expect(status).toBe(200);
    const found = hubDictionaryListSchema.parse(body);
    expect(found).toMatchObject({ repo: 'org/model', commit, licence: 'apache-2.0', nMore: 0 });
    expect(found.dictionaries.map(({ path: where, format, sizeBytes }) => [where, format, sizeBytes])).toEqual([
      [folder, 'saelens', weights.length + (await readFile(path.join(fixture, 'cfg.json'))).length],
      ['layer_2/width_16k/average_l0_71', 'gemmaScope', 6000],
      ['layer_10/width_16k/average_l0_71', 'gemmaScope', 5000],
      ['layers.5', 'sparsify', 7002],
    ]);
    expect(found.dictionaries[1].downloadBytes).toBe(6000);
    expect(found.refused).toEqual([
      { path: 'trainer_0', reason: expect.stringMatching(/ae\.pt is a Python pickle[\s\S]*weights_only=True/) },
    ]);
    expect(fetched()).toEqual([]);
    const below = await list({ path: 'layer_10' });
    expect(below.body.dictionaries.map((one: { path: string }) => one.path)).toEqual([
      'layer_10/width_16k/average_l0_71',
    ]);
  });

  test('what is too large is told beforehand', async () => {
    hub.intercept = (incoming, response) => {
      if (!incoming.url?.includes('/tree/')) return false;
      hub.json(
        response,
        hub.tree('', true).map((file) => ({ ...file, lfs: { oid: 'f'.repeat(64), size: 2 ** 33 } })),
      );
      return true;
    };
    expect((await list()).body.refused).toEqual([
      { path: folder, reason: expect.stringMatching(/has 8589934592 bytes; at most/) },
    ]);
    const refused = await inspect();
    expect([refused.status, refused.body.error.code]).toEqual([422, 'dictionary_invalid']);
    expect(fetched()).toEqual([]);
  });

  test.each([
    ['absurd sizes', 2 ** 60, 1, 422, /which cannot be/],
    ['a tree without end', 5, 100_000, 422, /Name a folder further in/],
  ])('refuses %s', async (_, size, nFiles, status, message) => {
    hub.intercept = (incoming, response) => {
      if (!incoming.url?.includes('/tree/')) return false;
      const file = (i: number) => ({ type: 'file', path: `l${i}/params.npz`, size, oid: '0'.repeat(40) });
      hub.json(
        response,
        Array.from({ length: nFiles }, (_unused, i) => file(i)),
      );
      return true;
    };
    const answer = await list();
    expect([answer.status, answer.body.error.message]).toEqual([status, expect.stringMatching(message)]);
  });

  test('leaves out paths that lead elsewhere', async () => {
    hub.add('../../escape/params.npz', 'x');
    hub.add('a/../../params.npz', 'x');
    hub.add('/etc/params.npz', 'x');
    expect((await list()).body.dictionaries.map((one: { path: string }) => one.path)).toEqual([folder]);
  });

  test.each([
    ['repo', '../../etc'],
    ['path', '../up'],
    ['path', 'a/../../b'],
    ['path', '/etc'],
    ['path', 'a?b'],
    ['revision', '../main'],
  ])('refuses %s "%s" before anything is asked', async (field, value) => {
    const answer = await inspect({ ...source, [field]: value });
    expect([answer.status, answer.body.error.field]).toEqual([400, `source.${field}`]);
    expect((await list({ [field]: value })).status).toBe(400);
    expect(hub.requests).toEqual([]);
  });
});

describe('fetching', () => {
  test('shows how far it is, and fetches what the format needs alone', async () => {
    let goOn: () => void = () => {};
    onWeights((incoming, response) => {
      response.writeHead(200, { 'content-length': weights.length });
      response.write(weights.subarray(0, 1000));
      goOn = () => response.end(weights.subarray(1000));
      return incoming.url !== undefined;
    });
    const { status, body } = await download();
    expect([status, body.status]).toEqual([201, 'running']);
    expect(body.source).toEqual({ ...source, revision: commit });
    const state = async () => (await request('GET', `/api/dictionaries/downloads/${body.id}`)).body;
    const cfgBytes = hub.files.get(`${folder}/cfg.json`)?.content.length ?? 0;
    await expect.poll(async () => (await state()).doneBytes).toBe(cfgBytes + 1000);
    // Whoever asks for it meanwhile joins.
    expect((await download()).body.id).toBe(body.id);
    goOn();
    expect(await ended(body.id)).toMatchObject({ status: 'succeeded', doneBytes: cfgBytes + weights.length });
    expect(fetched()).toEqual([`${folder}/cfg.json`, `${folder}/sae_weights.safetensors`]);
    expect((await list()).body.dictionaries[0].downloadBytes).toBe(0);
    expect((await request('GET', `/api/dictionaries/downloads/${crypto.randomUUID()}`)).status).toBe(404);
  });

  test('one that was stopped goes on where it was', async () => {
    onWeights((_, response) => {
      response.writeHead(200, { 'content-length': weights.length });
      response.write(weights.subarray(0, 1000));
      return true;
    });
    const { id } = (await download()).body;
    await expect
      .poll(async () => (await request('GET', `/api/dictionaries/downloads/${id}`)).body.doneBytes)
      .toBeGreaterThan(1000);
    expect((await request('DELETE', `/api/dictionaries/downloads/${id}`)).status).toBe(204);
    expect((await ended(id)).status).toBe('stopped');
    hub.intercept = () => false;
    await ended((await download()).body.id);
    expect(hub.requests.at(-1)?.range).toBe('bytes=1000-');
    expect((await inspect()).body.problems).toEqual([]);
  });

  test.each([
    ['a gated repository', 403, 422, /accept its terms.*HF_TOKEN/],
    ['a hub that is down', 503, 503, /answers 503/],
  ])('says what to do about %s', async (_, hubStatus, status, message) => {
    onWeights((_incoming, response) => {
      response.writeHead(hubStatus).end();
      return true;
    });
    const { id } = (await download()).body;
    expect(await ended(id)).toMatchObject({ status: 'failed', error: expect.stringMatching(message) });
    const answer = await inspect();
    expect([answer.status, answer.body.error.message]).toEqual([status, expect.stringMatching(message)]);
  });

  test('follows no redirect into the network, and keeps no file that is another', async () => {
    hub.storage = 'http://169.254.169.254';
    expect((await inspect()).body.error).toMatchObject({
      code: 'dictionary_invalid',
      message: expect.stringContaining('inside a private network'),
    });
    hub.storage = hub.url;
    onWeights((incoming, response) => {
      hub.send(response, Buffer.alloc(weights.length), incoming.headers.range);
      return true;
    });
    expect((await inspect()).body.error.message).toMatch(/its hash differs/);
    hub.intercept = () => false;
    expect((await inspect()).status).toBe(200);
  });

  test('a pickle is refused with its conversion, a wrong folder with a right one, and nothing is downloaded', async () => {
    hub.add('trainer_0/config.json', '{}');
    hub.add('trainer_0/ae.pt', 'pickle');
    const pickle = await inspect({ ...source, path: 'trainer_0' });
    expect([pickle.status, pickle.body.error.message]).toEqual([422, expect.stringMatching(/weights_only=True/)]);
    const above = await inspect({ ...source, path: 'blocks.2.hook_resid_post' });
    expect(above.body.error.message).toContain(`such as "${folder}". Name one of them as source.path`);
    const missing = await inspect({ ...source, path: 'layer_9' });
    expect([missing.status, missing.body.error.message]).toEqual([422, expect.stringMatching(/no layer_9 of model/)]);
    expect(fetched()).toEqual([]);
  });
});

describe('importing', () => {
  test('inspects it as a directory, then imports it with where it is from', async () => {
    const inspected = await inspect();
    expect(inspected.status).toBe(200);
    expect(dictionaryInspectionSchema.parse(inspected.body)).toMatchObject({
      source: { ...source, revision: commit },
      ...{
        format: 'saelens',
        architecture: 'topk',
        dIn: 256,
        nLatents: 128,
        suggestedHookName: hookName,
        problems: [],
      },
    });
    hub.requests.length = 0;
    // The commit is known, and its files are here.
    expect((await inspect(inspected.body.source)).status).toBe(200);
    expect(hub.requests).toEqual([]);
    const imported = await importRun(inspected.body.source);
    expect(imported.status).toBe(201);
    const run = runSchema.parse((await request('GET', `/api/runs/${imported.body.id}`)).body);
    expect(run).toMatchObject({ origin: 'imported', nLatents: 128, hookName });
    expect(run.imported).toMatchObject({
      source: `org/model/${folder} on the hub, at ${commit}`,
      hub: { repo: 'org/model', path: folder, commit },
    });
  });

  test('the commit that was inspected is imported, whatever the branch has become', async () => {
    const inspected = await inspect();
    // The branch has moved: what it names now is not even a dictionary.
    hub.intercept = (incoming, response) => {
      if (!incoming.url?.includes('/revision/main')) return false;
      hub.json(response, { ...hub.info(), sha: 'f'.repeat(40) });
      return true;
    };
    expect((await importRun()).status).toBe(422);
    const imported = await importRun(inspected.body.source);
    expect(imported.status).toBe(201);
    const run = await server.db.prisma.run.findUniqueOrThrow({ where: { id: imported.body.id } });
    expect(run.imported).toMatchObject({ hub: { commit } });
  });

  test('a hub that gives other files for a commit is asked again only for what is not there, and what it gives is checked', async () => {
    const { source: pinned } = (await inspect()).body;
    const cut = weights.subarray(0, 5000);
    hub.add(`${folder}/sae_weights.safetensors`, cut, true);
    // Listed anew, the blob is another one, and it is no dictionary.
    const listed = await inspect();
    expect([listed.status, listed.body.error.code]).toEqual([422, 'dictionary_invalid']);
    const runs = await server.db.prisma.run.count();
    expect((await importRun(pinned)).status).toBe(422);
    expect(await server.db.prisma.run.count()).toBe(runs);
  });
});
