import type { AddressInfo } from 'node:net';
import { jsonHeaders, type TestServer } from './test-server.testing.ts';
import { EventConnection } from './websocket/event-connection.testing.ts';

/** What a client gets: the status, and the body's JSON. */
export async function requestJson({ app }: TestServer, method: 'GET' | 'POST' | 'DELETE', url: string, body?: object) {
  const headers = body ? jsonHeaders : { host: '127.0.0.1' };
  const response = await app.inject({ method, url, headers, payload: body && JSON.stringify(body) });
  return { status: response.statusCode, body: response.body === '' ? null : response.json() };
}

/** The events of a model until it is ready, or has failed. The server has to listen. */
export async function followModel(
  { app }: TestServer,
  id: string,
  { until = 'ready', afterSeq = 0 }: { until?: 'ready' | 'failed'; afterSeq?: number } = {},
) {
  const connection = await EventConnection.open((app.server.address() as AddressInfo).port);
  connection.subscribe(id, afterSeq, 'model');
  await connection.until(() =>
    connection.events(id).some((event) => event.type === 'model' && event.payload.status === until),
  );
  connection.socket.terminate();
  return connection.events(id);
}
