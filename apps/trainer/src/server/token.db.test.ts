import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from './test-server.testing.ts';

const token = 'a token of sixteen or more';
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ guard: { host: '0.0.0.0', token, extraHosts: ['scope.example'] } });
});
afterAll(() => server.close());

const ask = (headers: Record<string, string>, url = '/api/runs') =>
  server.app.inject({ url, headers: { host: '192.168.0.7:3000', ...headers } });

test('without the token nothing is answered', async () => {
  const attempts: Record<string, string>[] = [
    {},
    { authorization: 'Bearer wrong' },
    { cookie: `featurescope_token=${token}` },
  ];
  for (const headers of attempts) expect((await ask(headers)).json().error.code).toBe('unauthorized');
  expect((await ask({}, '/api/runs?token=wrong')).json().error.code).toBe('unauthorized');
});

test('the header lets programs in', async () => {
  expect((await ask({ authorization: `Bearer ${token}` })).statusCode).toBe(200);
});

test('a link lets a browser in, and the token leaves the address', async () => {
  const response = await ask({}, `/api/runs?x=1&token=${encodeURIComponent(token)}`);
  expect([response.statusCode, response.headers.location]).toEqual([303, '/api/runs?x=1']);
  const cookie = response.headers['set-cookie'] as string;
  expect(cookie).toMatch(/HttpOnly; SameSite=Lax/);
  expect(cookie).not.toContain(token);
  expect((await ask({ cookie: cookie.split(';')[0] })).statusCode).toBe(200);
});

test('names that were not listed stay refused, addresses do not', async () => {
  const authorization = `Bearer ${token}`;
  expect((await ask({ host: 'rebound.example', authorization })).json().error.code).toBe('forbidden_host');
  expect((await ask({ host: 'rebound.example' }, `/?token=${encodeURIComponent(token)}`)).statusCode).toBe(403);
  expect((await ask({ host: 'scope.example:3000', authorization })).statusCode).toBe(200);
  expect((await ask({ host: '[fe80::1]:3000', authorization })).statusCode).toBe(200);
});
