import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HubClient, type HubOptions } from './hub-client.ts';
import { commit, sha256, TestHub } from './hub-server.testing.ts';
import { isPublicAddress } from './public-address.ts';

const token = 'hf_secretSecretSecret';
let hub: TestHub;
let cacheDirectory: string;
let weights: Buffer;

beforeEach(async () => {
  hub = await TestHub.start();
  cacheDirectory = await mkdtemp(path.join(tmpdir(), 'featurescope-hub-'));
  hub.add('config.json', '{"model_type":"llama"}');
  // More than the sockets' buffers hold, so that a cut connection has brought a part.
  weights = hub.add('model.safetensors', randomBytes(3_000_000), true);
});
afterEach(async () => {
  await hub.close();
  await rm(cacheDirectory, { recursive: true, force: true });
});

const client = (options: Partial<HubOptions> = {}) =>
  new HubClient({ endpoint: hub.url, token, cacheDirectory, retryDelayMs: 1, ...options });

async function fetchAll(options: Partial<HubOptions> = {}, signal?: AbortSignal) {
  const hubClient = client(options);
  const listing = await hubClient.list('org/model', 'main', signal);
  let nBytes = 0;
  const onBytes = (n: number) => {
    nBytes += n;
  };
  await hubClient.fetch(listing, listing.files, { signal, onBytes });
  return { listing, nBytes, directory: hubClient.snapshot(listing).directory };
}
const blob = (content: Buffer) => path.join(cacheDirectory, 'models--org--model/blobs', sha256(content));
const rangesOfWeights = () =>
  hub.requests.filter(({ url }) => url.startsWith('/storage/')).map(({ range }) => range ?? 'all');

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

test('gives the token to the hub and to nobody else', async () => {
  const storage = await TestHub.start('127.0.0.2');
  storage.files.set('model.safetensors', { content: weights, large: true });
  hub.storage = storage.url;
  const isAllowedAddress = (address: string) => address === '127.0.0.2';
  await fetchAll({ isAllowedAddress });
  expect(hub.requests.every(({ authorization }) => authorization === `Bearer ${token}`)).toBe(true);
  expect(storage.requests).toHaveLength(1);
  expect(storage.requests[0].authorization).toBeUndefined();
  await storage.close();
});

test.each([
  'http://127.0.0.2:1',
  'http://localhost:1',
  'http://[::1]:1',
  'http://10.0.0.1',
  'ftp://example.com',
  'file:///etc',
])('does not follow a redirect to %s', async (storage) => {
  hub.storage = storage;
  await expect(fetchAll()).rejects.toMatchObject({
    failure: 'unusable',
    message: expect.stringContaining('Nothing was sent'),
  });
  expect(rangesOfWeights()).toEqual([]);
});

test('does not redirect for ever', async () => {
  hub.intercept = (request, response) => {
    if (!request.url?.includes('/resolve/')) return false;
    response.writeHead(302, { location: request.url }).end();
    return true;
  };
  await expect(fetchAll()).rejects.toThrow('redirects more than');
});

test('gives up a hub that does not answer, and one that stops in the middle', async () => {
  hub.intercept = () => true;
  await expect(client({ idleTimeoutMs: 50 }).list('org/model', 'main')).rejects.toThrow('nothing came for 50 ms');
  hub.intercept = (request, response) => {
    if (!request.url?.startsWith('/storage/')) return false;
    response.writeHead(206, { 'content-range': `bytes 0-${weights.length - 1}/${weights.length}` });
    response.flushHeaders();
    return true;
  };
  await expect(fetchAll({ idleTimeoutMs: 50 })).rejects.toThrow();
});

test('refuses headers without end', async () => {
  hub.intercept = (_, response) => {
    response.writeHead(200, { 'x-long': 'x'.repeat(100_000) }).end();
    return true;
  };
  await expect(client().list('org/model', 'main')).rejects.toMatchObject({ failure: 'unavailable' });
});

test('does not begin a download that the disk cannot hold', async () => {
  const hubClient = client();
  const listing = await hubClient.list('org/model', 'main');
  const huge = { name: 'model.safetensors', sizeBytes: 2 ** 40, blobId: 'f'.repeat(64) };
  // A terabyte: more than any disk that runs tests has free.
  await expect(hubClient.fetch(listing, [huge])).rejects.toMatchObject({ failure: 'disk_full' });
  expect(hub.requests.filter(({ url }) => url.includes('/resolve/'))).toEqual([]);
});

test.each([
  ['8.8.8.8', true],
  ['2606:4700::1111', true],
  ['127.0.0.1', false],
  ['169.254.169.254', false],
  ['100.64.0.1', false],
  ['0.0.0.0', false],
  ['255.255.255.255', false],
  ['::1', false],
  ['::ffff:127.0.0.1', false],
  ['64:ff9b::7f00:1', false],
  ['fd00::1', false],
  ['fe80::1', false],
  ['2002:7f00:1::', false],
  ['localhost', false],
])('%s is public: %s', (address, expected) => {
  expect(isPublicAddress(address)).toBe(expected);
});
