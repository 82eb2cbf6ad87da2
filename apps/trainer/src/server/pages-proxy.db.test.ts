import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from './test-server.testing.ts';
import { EventConnection } from './websocket/event-connection.testing.ts';

/** Stands where Next would: a web server behind the front door. */
let pages: Server;
let server: TestServer;
let port: number;

beforeAll(async () => {
  pages = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain', 'cache-control': 'immutable' });
    response.end(`${request.method} ${request.url} ${request.headers.authorization ?? 'no token'}`);
  });
  pages.on('upgrade', (request, socket) => {
    // Node leaves an upgraded socket to its owner: without this it would stay half open.
    socket
      .on('error', () => {})
      .on('end', () => socket.destroy())
      .resume();
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    const message = Buffer.from('{"type":"pong"}');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    socket.write(Buffer.concat([Buffer.of(0x81, message.length), message]));
  });
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
  server = await startTestServer({ webUrl: `http://127.0.0.1:${(pages.address() as AddressInfo).port}` });
  await server.app.listen({ host: '127.0.0.1', port: 0 });
  port = (server.app.server.address() as AddressInfo).port;
});
afterAll(async () => {
  await server.close();
  pages.close();
});

test('what is outside the API goes to the pages, without the token and with the policy', async () => {
  const response = await fetch(`http://127.0.0.1:${port}/runs/1?tab=events`, {
    headers: { authorization: 'Bearer x' },
  });
  expect(await response.text()).toBe('GET /runs/1?tab=events no token');
  expect(response.headers.get('cache-control')).toBe('immutable');
  expect(response.headers.get('content-security-policy')).toMatch(/default-src 'self'/);
  const api = await fetch(`http://127.0.0.1:${port}/api/nothing`);
  expect([api.status, (await api.json()).error.code]).toEqual([404, 'not_found']);
});

test('websockets of the pages are joined to them, those of the API are not', async () => {
  const hot = await EventConnection.open(port, {}, '/_next/webpack-hmr');
  await hot.until(() => hot.messages.length === 1);
  hot.socket.terminate();
  const events = await EventConnection.open(port);
  events.send({ type: 'ping' });
  await events.until(() => events.messages.length === 1);
  events.socket.terminate();
  await expect(EventConnection.open(port, { origin: 'http://evil.example' }, '/_next/webpack-hmr')).rejects.toThrow(
    '403',
  );
});

test('a readable page says that the pages are not up', async () => {
  pages.closeAllConnections();
  await new Promise((resolve) => pages.close(resolve));
  const response = await fetch(`http://127.0.0.1:${port}/`);
  expect(response.status).toBe(503);
  expect(await response.text()).toContain('The pages are not up yet');
});
