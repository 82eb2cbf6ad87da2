import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  cacheDirectory,
  client,
  fetchAll,
  hub,
  rangesOfWeights,
  token,
  useTestHub,
  weights,
} from './hub-fixture.testing.ts';
import { TestProxy } from './proxy-server.testing.ts';

useTestHub();

let proxy: TestProxy;
beforeEach(async () => {
  proxy = await TestProxy.start();
  // Names that no resolver has, as behind a firewall.
  proxy.names.set('hub.invalid.example', Number(new URL(hub.url).port));
  proxy.names.set('storage.invalid.example', Number(new URL(hub.url).port));
});
afterEach(() => proxy.close());

const endpoint = 'http://hub.invalid.example';
const by = (address: string) => ({ endpoint, proxy: { http: address, https: address, none: null } });
const proxied = () => by(`http://127.0.0.1:${proxy.port}`);

test('lists and downloads by the proxy, redirects too, with the token for the hub alone', async () => {
  hub.storage = 'http://storage.invalid.example';
  await fetchAll(proxied());
  expect(proxy.asked).toContain(`GET ${endpoint}/org/model/resolve/c0ffee${'0'.repeat(34)}/model.safetensors`);
  expect(proxy.asked.at(-1)).toMatch(/^GET http:\/\/storage\.invalid\.example\/storage\/model\.safetensors/);
  expect(rangesOfWeights()).toEqual(['all']);
  for (const { host, authorization } of hub.requests)
    expect([host, authorization]).toEqual(
      host === 'hub.invalid.example' ? [host, `Bearer ${token}`] : ['storage.invalid.example', undefined],
    );
});

test('does without it where NO_PROXY says so, and on this machine', async () => {
  await fetchAll({ ...proxied(), endpoint: hub.url });
  expect(proxy.asked).toEqual([]);
  const { proxy: variables } = proxied();
  const direct = client({ endpoint, proxy: { ...variables, none: 'invalid.example' } });
  await expect(direct.list('org/model', 'main')).rejects.toThrow('hub.invalid.example cannot be reached');
  expect(proxy.asked).toEqual([]);
});

test('says who asks, and what to do where the proxy does not know', async () => {
  proxy.credentials = 'me:se cret';
  hub.storage = 'http://storage.invalid.example';
  await fetchAll({ ...by(`http://me:se%20cret@127.0.0.1:${proxy.port}`) });
  const refused = await client(proxied())
    .list('org/model', 'main')
    .catch((error) => error);
  expect(refused).toMatchObject({ failure: 'unavailable', message: expect.stringMatching(/\(407\).*user:password/) });
  const secure = client({ ...proxied(), endpoint: 'https://hub.invalid.example' });
  await expect(secure.list('org/model', 'main')).rejects.toThrow('(407)');
});

test.each(['http://10.0.0.1/x', 'http://[fd00::1]/x', 'http://intranet/x', 'http://wiki.internal/x'])(
  'does not ask the proxy for %s',
  async (location) => {
    hub.storage = location;
    await expect(fetchAll(proxied())).rejects.toMatchObject({
      failure: 'unusable',
      message: expect.stringContaining('inside a private network'),
    });
    expect(proxy.asked.some((line) => line.includes(location))).toBe(false);
  },
);

test('tells of a proxy that is not there, and of one that does not connect', async () => {
  const secure = { endpoint: 'https://hub.invalid.example' };
  await expect(client({ ...by('http://me:secret@127.0.0.1:9'), ...secure }).list('org/model', 'main')).rejects.toThrow(
    /^The proxy 127\.0\.0\.1:9 cannot be reached/,
  );
  proxy.refuses = 403;
  await expect(client({ ...proxied(), ...secure }).list('org/model', 'main')).rejects.toThrow(
    `The proxy 127.0.0.1:${proxy.port} does not connect to hub.invalid.example (403)`,
  );
});

const makesCertificates = spawnSync('openssl', ['version']).status === 0;
if (!makesCertificates) console.warn('Left out: https through a tunnel; there is no openssl to make a certificate.');
test.skipIf(!makesCertificates)(
  'https goes through a tunnel, and the certificate is checked',
  async () => {
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => path.join(cacheDirectory, name));
    const subject = ['-subj', '/CN=hub.invalid.example', '-addext', 'subjectAltName=DNS:hub.invalid.example'];
    const made = [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '1',
      '-keyout',
      key,
      '-out',
      cert,
      ...subject,
    ];
    expect(spawnSync('openssl', made).status).toBe(0);
    const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
      if (request.url?.includes('/tree/')) return hub.json(response, hub.tree());
      if (request.url?.startsWith('/api/')) return hub.json(response, hub.info());
      hub.send(response, weights, request.headers.range);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    proxy.names.set('hub.invalid.example', (server.address() as AddressInfo).port);
    const options = { ...proxied(), endpoint: 'https://hub.invalid.example', token: null, cacheDirectory };
    // Node reads trusted certificates when it starts.
    const program = `
    import { HubClient } from ${JSON.stringify(path.join(import.meta.dirname, 'hub-client.ts'))};
    const client = new HubClient(${JSON.stringify(options)});
    client.list('org/model', 'main').then(async (listing) => {
      await client.fetch(listing, listing.files.filter(({ name }) => name === 'model.safetensors'));
      console.log('fetched');
    }).catch((error) => console.log(error.message));`;
    const run = (env: NodeJS.ProcessEnv) => outputOf(program, { ...process.env, ...env });
    expect(await run({ NODE_EXTRA_CA_CERTS: cert })).toBe('fetched');
    expect(proxy.asked).toEqual(new Array(3).fill('CONNECT hub.invalid.example:443'));
    expect(await run({})).toMatch(/hub\.invalid\.example cannot be reached \(self-signed certificate/);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  },
  20_000,
);

/** What a module prints. */
function outputOf(program: string, env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], { env });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
    });
  return new Promise((resolve) => child.on('close', () => resolve(output.trim())));
}
