import { expect, test } from 'vitest';
import { client, fetchAll, hub, rangesOfWeights, token, useTestHub, weights } from './hub-fixture.testing.ts';
import { TestHub } from './hub-server.testing.ts';

useTestHub();

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
