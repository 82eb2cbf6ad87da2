import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
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
import { commit } from './hub-server.testing.ts';

useTestHub();

test('goes on where a connection was cut', async () => {
  let cuts = 0;
  hub.intercept = (request, response) => {
    if (!request.url?.startsWith('/storage/') || cuts++ > 0) return false;
    response.writeHead(200, { 'content-length': weights.length });
    response.write(weights.subarray(0, 1_000_000), () => response.destroy());
    return true;
  };
  const { directory, nBytes } = await fetchAll();
  expect(weights.equals(await readFile(path.join(directory, 'model.safetensors')))).toBe(true);
  expect(rangesOfWeights()).toEqual(['all', expect.stringMatching(/^bytes=[1-9]\d*-$/)]);
  expect(nBytes).toBe(weights.length + (hub.files.get('config.json')?.content.length ?? 0));
});

test('goes on with what another process left, and shows nothing before all of it is there', async () => {
  await mkdir(path.dirname(blob(weights)), { recursive: true });
  await writeFile(`${blob(weights)}.incomplete`, weights.subarray(0, 2_000_000));
  let seenMidway: string[] = [];
  hub.intercept = (request, response) => {
    if (!request.url?.startsWith('/storage/')) return false;
    readdir(path.join(cacheDirectory, 'models--org--model/snapshots', commit)).then((names) => {
      seenMidway = names;
      hub.send(response, weights, request.headers.range);
    });
    return true;
  };
  await fetchAll();
  expect(rangesOfWeights()).toEqual(['bytes=2000000-']);
  expect(seenMidway).toEqual(['config.json']);
  await expect(stat(`${blob(weights)}.incomplete`)).rejects.toThrow('ENOENT');
});

test('begins again where the hub gives no ranges', async () => {
  await mkdir(path.dirname(blob(weights)), { recursive: true });
  await writeFile(`${blob(weights)}.incomplete`, randomBytes(100));
  hub.intercept = (request, response) => {
    if (!request.url?.startsWith('/storage/')) return false;
    hub.send(response, weights, undefined);
    return true;
  };
  const { directory } = await fetchAll();
  expect(weights.equals(await readFile(path.join(directory, 'model.safetensors')))).toBe(true);
});

test('an aborted download leaves what it has for the next', async () => {
  const aborting = new AbortController();
  hub.intercept = (request, response) => {
    if (!request.url?.startsWith('/storage/') || aborting.signal.aborted) return false;
    response.writeHead(200, { 'content-length': weights.length });
    response.write(weights.subarray(0, 1_000_000));
    return true;
  };
  const hubClient = client();
  const listing = await hubClient.list('org/model', 'main');
  let nBytes = 0;
  const fetching = hubClient.fetch(listing, listing.files, {
    signal: aborting.signal,
    onBytes(n) {
      nBytes += n;
      if (nBytes > 500_000) aborting.abort();
    },
  });
  await expect(fetching).rejects.toThrow(/abort/);
  expect((await stat(`${blob(weights)}.incomplete`)).size).toBeGreaterThan(0);
  await fetchAll();
  expect(rangesOfWeights().at(-1)).toMatch(/^bytes=[1-9]\d*-$/);
});

test.each([
  ['sha256', 'model.safetensors'],
  ['git hash', 'config.json'],
])('refuses a file whose %s differs, and keeps nothing of it', async (_, name) => {
  const wrong = Buffer.from(hub.files.get(name)?.content ?? '');
  wrong[0] ^= 1;
  hub.intercept = (request, response) => {
    if (!new RegExp(`/(?:resolve/[0-9a-f]+|storage)/${name}`).test(request.url ?? '')) return false;
    hub.send(response, wrong, request.headers.range);
    return true;
  };
  await expect(fetchAll()).rejects.toThrow(`${name} is not what the hub says`);
  const blobs = await readdir(path.join(cacheDirectory, 'models--org--model/blobs'));
  expect(blobs.filter((file) => file.endsWith('.incomplete'))).toEqual([]);
});

test.each([
  ['longer than the list says', 4_000_000, /has 4000000 bytes/],
  ['endless', undefined, /is longer than/],
])('refuses a file that is %s', async (_, length, message) => {
  hub.intercept = (request, response) => {
    if (!request.url?.startsWith('/storage/')) return false;
    response.writeHead(200, length === undefined ? {} : { 'content-length': length });
    response.end(Buffer.alloc(4_000_000));
    return true;
  };
  await expect(fetchAll()).rejects.toThrow(message);
});
