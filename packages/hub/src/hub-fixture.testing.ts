import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { HubClient, type HubOptions } from './hub-client.ts';
import { sha256, TestHub } from './hub-server.testing.ts';

export const token = 'hf_secretSecretSecret';
/** Of the test that runs. */
export let hub: TestHub;
export let cacheDirectory: string;
/** More than the sockets' buffers hold, so that a cut connection has brought a part. */
export let weights: Buffer;

/** Gives each test of a file a hub with two files, and an empty cache. */
export function useTestHub(): void {
  beforeEach(async () => {
    hub = await TestHub.start();
    cacheDirectory = await mkdtemp(path.join(tmpdir(), 'featurescope-hub-'));
    hub.add('config.json', '{"model_type":"llama"}');
    weights = hub.add('model.safetensors', randomBytes(3_000_000), true);
  });
  afterEach(async () => {
    await hub.close();
    await rm(cacheDirectory, { recursive: true, force: true });
  });
}

export const client = (options: Partial<HubOptions> = {}) =>
  new HubClient({ endpoint: hub.url, token, cacheDirectory, retryDelayMs: 1, ...options });

/** Lists and downloads everything of the hub. */
export async function fetchAll(options: Partial<HubOptions> = {}, signal?: AbortSignal) {
  const hubClient = client(options);
  const listing = await hubClient.list('org/model', 'main', { signal });
  let nBytes = 0;
  const onBytes = (n: number) => {
    nBytes += n;
  };
  await hubClient.fetch(listing, listing.files, { signal, onBytes });
  return { listing, nBytes, directory: hubClient.snapshot(listing).directory };
}

export const blob = (content: Buffer) => path.join(cacheDirectory, 'models--org--model/blobs', sha256(content));
export const rangesOfWeights = () =>
  hub.requests.filter(({ url }) => url.startsWith('/storage/')).map(({ range }) => range ?? 'all');
