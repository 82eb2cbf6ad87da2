import { expect, test } from 'vitest';
import { client, hub, token, useTestHub } from './hub-fixture.testing.ts';

useTestHub();

test.each([
  [401, 'denied', /HF_TOKEN/],
  [403, 'denied', /HF_TOKEN/],
  [404, 'missing', /no model org\/model at main/],
  [429, 'unavailable', /Wait/],
  [503, 'unavailable', /503/],
])('tells what a %i means', async (status, failure, message) => {
  hub.intercept = (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end('{"error":"hf_secretSecretSecret"}');
    return true;
  };
  const error = await client()
    .list('org/model', 'main')
    .catch((caught) => caught);
  expect(error).toMatchObject({ name: 'HubError', failure, message: expect.stringMatching(message) });
  expect(error.message).not.toContain(token);
});

test.each([
  ['a length that cannot be', { size: 1e300 }, /cannot be/],
  ['a negative length', { size: -1 }, /cannot be/],
  ['a hash that is a path', { oid: '../../escape' }, /no hash/],
])('refuses a list with %s', async (_, change, message) => {
  hub.intercept = (request, response) => {
    if (!request.url?.includes('/tree/')) return false;
    hub.json(response, [{ ...hub.tree()[0], ...change }]);
    return true;
  };
  await expect(client().list('org/model', 'main')).rejects.toThrow(message);
});

test('leaves out names that would lead out of the snapshot', async () => {
  hub.intercept = (request, response) => {
    if (!request.url?.includes('/tree/')) return false;
    const [file] = hub.tree();
    hub.json(
      response,
      ['../escape', '/etc/passwd', 'a/b', '.hidden', 'config.json'].map((name) => ({ ...file, path: name })),
    );
    return true;
  };
  expect((await client().list('org/model', 'main')).files.map(({ name }) => name)).toEqual(['config.json']);
});

test('refuses a commit that is none, answers without end, and lists that go on for ever', async () => {
  hub.intercept = (_, response) => {
    hub.json(response, { ...hub.info(), sha: '../../x' });
    return true;
  };
  await expect(client().list('org/model', 'main')).rejects.toThrow('no commit');
  hub.intercept = (request, response) => {
    if (!request.url?.includes('/tree/')) return false;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(`[${' '.repeat(17 * 1024 ** 2)}]`);
    return true;
  };
  await expect(client().list('org/model', 'main')).rejects.toThrow('exceeds');
  hub.intercept = (request, response) => {
    if (!request.url?.includes('/tree/')) return false;
    response.writeHead(200, { 'content-type': 'application/json', link: `<${hub.url}${request.url}>; rel="next"` });
    response.end('[]');
    return true;
  };
  await expect(client().list('org/model', 'main')).rejects.toThrow('goes on');
});

test('lists folders below a folder at the commit', async () => {
  for (const name of ['layer_1/width_16k/params.npz', 'layer_1/README.md', 'layer_10/params.npz']) hub.add(name, name);
  const names = async (options: object) =>
    (await client().list('org/model', 'main', options)).files.map(({ name }) => name);
  expect(await names({ folder: 'layer_1', recursive: true })).toEqual([
    'layer_1/width_16k/params.npz',
    'layer_1/README.md',
  ]);
  expect(await names({ folder: 'layer_1' })).toEqual(['layer_1/README.md']);
  expect(await names({ recursive: true })).toHaveLength(5);
  await expect(names({ folder: 'layer_2' })).rejects.toThrow(/no layer_2 of model org\/model at main \(404\)/);
});

test('refuses a tree without end, and leaves out paths that lead elsewhere', async () => {
  const [file] = hub.tree();
  let paths = ['a/../../escape', 'a//b', '/a/b', 'a/.git/config', 'a\\b', 'a/b/cfg.json', 'ä/cfg.json', 'a/\u0000'];
  hub.intercept = (request, response) => {
    if (!request.url?.includes('/tree/')) return false;
    hub.json(
      response,
      paths.map((path) => ({ ...file, path })),
    );
    return true;
  };
  const listing = await client().list('org/model', 'main', { recursive: true });
  expect(listing.files.map(({ name }) => name)).toEqual(['a/b/cfg.json']);
  paths = Array.from({ length: 20_001 }, (_, i) => `layer_${i}/params.npz`);
  await expect(client().list('org/model', 'main', { recursive: true })).rejects.toThrow(
    /org\/model has more than 20000 files and folders\. Name a folder further in/,
  );
});
