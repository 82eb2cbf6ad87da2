import { readFile, readlink, stat } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import {
  blob,
  cacheDirectory,
  client,
  fetchAll,
  hub,
  rangesOfWeights,
  useTestHub,
  weights,
} from './hub-fixture.testing.ts';
import { commit, gitHash, sha256 } from './hub-server.testing.ts';
import type { HubFile } from './repo-file.ts';

useTestHub();

test('lists files at a commit and downloads them into the layout that other programs share', async () => {
  const { listing, nBytes, directory } = await fetchAll();
  expect(listing).toMatchObject({ repo: 'org/model', commit, licence: 'apache-2.0' });
  expect(directory).toBe(path.join(cacheDirectory, 'models--org--model/snapshots', commit));
  expect(weights.equals(await readFile(path.join(directory, 'model.safetensors')))).toBe(true);
  expect(await readlink(path.join(directory, 'model.safetensors'))).toBe(`../../blobs/${sha256(weights)}`);
  expect(nBytes).toBe(weights.length + (hub.files.get('config.json')?.content.length ?? 0));
  await client().pin(listing, 'refs/pr/1');
  expect(await readFile(path.join(cacheDirectory, 'models--org--model/refs/refs/pr/1'), 'utf8')).toBe(commit);
  expect(await client().cachedNames(listing)).toEqual(new Set(['config.json', 'model.safetensors']));
});

test('does not download again what is in the cache', async () => {
  await fetchAll();
  hub.requests.length = 0;
  const { nBytes } = await fetchAll();
  expect(hub.requests.filter(({ url }) => url.includes('/resolve/'))).toEqual([]);
  expect(nBytes).toBeGreaterThan(weights.length);
});

test('does not begin a download that the disk cannot hold', async () => {
  const hubClient = client();
  const listing = await hubClient.list('org/model', 'main');
  const huge = { name: 'model.safetensors', sizeBytes: 2 ** 40, blobId: 'f'.repeat(64) };
  // A terabyte: more than any disk that runs tests has free.
  await expect(hubClient.fetch(listing, [huge])).rejects.toMatchObject({ failure: 'disk_full' });
  expect(hub.requests.filter(({ url }) => url.includes('/resolve/'))).toEqual([]);
});

test('files of folders keep their place, and lead to the same blobs', async () => {
  const content = hub.add('layer_1/blocks.1.hook_resid_pre/cfg.json', '{}');
  const hubClient = client();
  const listing = await hubClient.list('org/model', 'main', { folder: 'layer_1', recursive: true });
  await hubClient.fetch(listing, listing.files);
  const file = path.join(hubClient.snapshot(listing).directory, 'layer_1/blocks.1.hook_resid_pre/cfg.json');
  expect(await readFile(file)).toEqual(content);
  expect(await readlink(file)).toBe(`../../../../blobs/${gitHash(content)}`);
});

test('a name that is a file and a folder leads nowhere', async () => {
  const hubClient = client();
  const listing = await hubClient.list('org/model', 'main');
  const inner = { ...listing.files[0], name: 'config.json/cfg.json' };
  await hubClient.fetch(listing, listing.files);
  await expect(hubClient.fetch(listing, [inner])).rejects.toThrow('config.json is a file and a folder');
});

test('a file that is wanted twice at a time is downloaded once', async () => {
  const hubClient = client();
  const listing = await hubClient.list('org/model', 'main');
  await Promise.all([hubClient.fetch(listing, listing.files), hubClient.fetch(listing, listing.files)]);
  expect(rangesOfWeights()).toEqual(['all']);
});

test('the beginning of a file comes first, and the rest behind it', async () => {
  const hubClient = client();
  const listing = await hubClient.list('org/model', 'main');
  const file = listing.files.find(({ name }) => name === 'model.safetensors') as HubFile;
  const head = await readFile(await hubClient.fetchHead(listing, file, 1_000_000));
  expect(head.equals(weights.subarray(0, 1_000_000))).toBe(true);
  await hubClient.fetchHead(listing, file, 1_000_000);
  await hubClient.fetch(listing, [file]);
  expect(rangesOfWeights()).toEqual(['bytes=0-999999', 'bytes=1000000-']);
  expect(await hubClient.fetchHead(listing, file, 5)).toBe(blob(weights));
});

test('no more than the beginning is taken from a hub that gives all of it', async () => {
  hub.intercept = (request, response) => {
    if (!request.url?.startsWith('/storage/')) return false;
    hub.send(response, weights, undefined);
    return true;
  };
  const hubClient = client();
  const listing = await hubClient.list('org/model', 'main');
  const file = listing.files.find(({ name }) => name === 'model.safetensors') as HubFile;
  const { size } = await stat(await hubClient.fetchHead(listing, file, 1000));
  expect(size).toBeGreaterThanOrEqual(1000);
  expect(size).toBeLessThan(1_000_000);
});
