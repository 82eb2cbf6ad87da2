import { expect, test } from 'vitest';
import { readProxies } from './proxies.ts';

const none = { http: null, https: null, none: null };

test.each([
  ['https://hub.example/api', 'https://secure.proxy:3129/'],
  ['http://hub.example/api', 'http://plain.proxy:3128/'],
  ['http://127.0.0.1:8080', null],
  ['http://127.9.9.9', null],
  ['http://[::1]:80', null],
  ['https://localhost', null],
  ['https://hub.localhost.', null],
])('%s is reached by %s', (target, proxy) => {
  const proxies = readProxies({ ...none, http: 'plain.proxy:3128', https: 'https://secure.proxy:3129' });
  expect(proxies(new URL(target))?.href ?? null).toBe(proxy);
});

test.each([
  ['*', 'http://a.example', true],
  ['b.example, a.example', 'http://a.example', true],
  ['a.example', 'http://deep.a.example', true],
  ['.a.example', 'http://deep.a.example', true],
  ['*.a.example', 'http://deep.a.example', true],
  ['a.example', 'http://nota.example', false],
  ['a.example:8080', 'http://a.example:8080', true],
  ['a.example:8080', 'http://a.example', false],
  ['a.example:80', 'http://a.example', true],
  ['A.Example', 'http://a.example', true],
  ['10.0.0.0/8', 'http://10.1.2.3', true],
  ['10.0.0.0/8', 'http://11.1.2.3', false],
  ['10.0.0.0/99', 'http://10.1.2.3', false],
  ['fd00::/8', 'http://[fd12::1]', true],
  ['[fd12::1]', 'http://[fd12::1]:8080', true],
  ['', 'http://a.example', false],
])('NO_PROXY=%s leaves out %s: %s', (exceptions, target, left) => {
  const proxies = readProxies({ ...none, http: 'http://proxy:3128', none: exceptions });
  expect(proxies(new URL(target)) === null).toBe(left);
});

test('a proxy of another kind is refused when it is needed, without its password', () => {
  const proxies = readProxies({ ...none, https: 'socks5://me:secret@proxy:1080' });
  expect(proxies(new URL('http://a.example'))).toBeNull();
  expect(() => proxies(new URL('https://a.example'))).toThrow(
    /^HTTPS_PROXY is an address with socks5:\/\/; expected http:\/\/host:port/,
  );
});
