import type { AddressInfo } from 'node:net';
import type { RunEvent } from '@featurescope/contracts';
import { appendEvent } from '@featurescope/db';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertTestDataset, startTestServer, type TestServer } from '../test-server.testing.ts';
import { EventConnection } from './event-connection.testing.ts';

let server: TestServer;
let port: number;
const connections: EventConnection[] = [];

beforeAll(async () => {
  server = await startTestServer();
  await server.app.listen({ host: '127.0.0.1', port: 0 });
  port = (server.app.server.address() as AddressInfo).port;
});
afterAll(async () => {
  for (const { socket } of connections) socket.terminate();
  await server.close();
});

async function open(headers?: Record<string, string>) {
  const connection = await EventConnection.open(port, headers);
  connections.push(connection);
  return connection;
}

async function insertRun(): Promise<string> {
  return server.context.runs.create({
    modelId: server.modelId,
    datasetId: await insertTestDataset(server.db),
    hookName: 'blocks.2.hook_resid_post',
    architecture: 'topk',
    nLatents: 64,
    k: 4,
    nTokens: 10_000,
    batchSize: 100,
    learningRate: 0.001,
    seed: 1,
  });
}

/** Appends in one transaction for each event, as the worker does. */
async function append(id: string, events: RunEvent[]) {
  for (const event of events)
    await server.db.prisma.$transaction((transaction) => appendEvent(transaction, { kind: 'run', id }, event));
}
const log = (message: string): RunEvent => ({ type: 'log', payload: { level: 'info', message } });
const progress = (done: number): RunEvent => ({
  type: 'progress',
  payload: { stage: 'train', done, total: 100, unit: 'steps', perSecond: null, etaSeconds: null },
});
const messagesOf = (connection: EventConnection, id: string) =>
  connection.events(id).flatMap((event) => (event.type === 'log' ? [event.payload.message] : []));
const numbered = (n: number) => Array.from({ length: n }, (_, i) => String(i));

test('what was written before is replayed, what is written later follows, each once and in order', async () => {
  const id = await insertRun();
  await append(id, numbered(5).map(log));
  const connection = await open();
  connection.subscribe(id.toUpperCase());
  await connection.until(() => connection.lastSeq(id) === 6);
  expect(connection.messages[0]).toEqual({ type: 'subscribed', subject: { kind: 'run', id }, lastSeq: 6 });
  await append(id, ['later', 'last'].map(log));
  await connection.until(() => connection.lastSeq(id) === 8);
  expect(connection.events(id).map((event) => event.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(messagesOf(connection, id)).toEqual([...numbered(5), 'later', 'last']);
});

test('a client that reconnects in the middle misses and repeats nothing', async () => {
  const id = await insertRun();
  const received: string[] = [];
  const writing = append(id, numbered(60).map(log));
  let seq = 0;
  while (seq < 61) {
    const connection = await open();
    connection.subscribe(id, seq);
    const before = seq;
    await connection.until(() => connection.lastSeq(id) > before);
    connection.socket.terminate();
    received.push(...messagesOf(connection, id));
    seq = connection.lastSeq(id);
  }
  await writing;
  expect(received).toEqual(numbered(60));
});

test('no client gets more than ten messages a second, and superseded progress is left out', async () => {
  const id = await insertRun();
  const connection = await open();
  const began = performance.now();
  connection.subscribe(id);
  await connection.until(() => connection.lastSeq(id) === 1);
  const events = Array.from({ length: 150 }, (_, i) => (i % 50 === 49 ? log(`at ${i}`) : progress(i)));
  await append(id, events);
  await connection.until(() => connection.lastSeq(id) === 151);
  // All were sent between the subscription and the last one's arrival, whatever delayed the others on their way.
  const elapsedSeconds = ((connection.times.at(-1) as number) - began) / 1000;
  expect(connection.messages.length).toBeLessThanOrEqual(1 + 10 * elapsedSeconds);
  const received = connection.events(id);
  expect(received.filter((event) => event.type === 'progress').length).toBeLessThan(100);
  expect(messagesOf(connection, id)).toEqual(['at 49', 'at 99', 'at 149']);
  const seqs = received.map((event) => event.seq);
  expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
});

test('a client that does not read holds nothing up, costs no memory, and catches up in thinned batches', async () => {
  const id = await insertRun();
  const [slow, quick] = [await open(), await open()];
  slow.subscribe(id);
  quick.subscribe(id);
  await slow.until(() => slow.lastSeq(id) === 1);
  slow.socket.pause();
  // 24 MB of log: far more than the sockets' buffers hold.
  const long = 'x'.repeat(8000);
  await server.db.pool.query(
    `WITH run AS (UPDATE "Run" SET "lastSeq" = 3001 WHERE "id" = $1)
     INSERT INTO "Event" ("subjectId", "seq", "type", "payload")
     SELECT $1, i, 'log', jsonb_build_object('level', 'info', 'message', $2::text || i) FROM generate_series(2, 3001) AS i`,
    [id, long],
  );
  await append(id, [progress(1), log('end')]);
  await quick.until(() => quick.lastSeq(id) === 3003);
  expect(messagesOf(quick, id)).toHaveLength(3001);
  const unsent = [...server.app.websocketServer.clients].map((client) => client.bufferedAmount);
  // One batch of 2,000 long events at most, whatever is behind it.
  expect(Math.max(...unsent)).toBeLessThan(20_000_000);
  slow.socket.resume();
  await slow.until(() => slow.lastSeq(id) === 3003);
  expect(messagesOf(slow, id).at(-1)).toBe('end');
});

test('events are not lost when the listening connection is cut', async () => {
  const id = await insertRun();
  const connection = await open();
  connection.subscribe(id);
  await connection.until(() => connection.lastSeq(id) === 1);
  await server.db.pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'featurescope-events' AND datname = current_database()`,
  );
  await append(id, [log('while nobody listened')]);
  await connection.until(() => connection.lastSeq(id) === 2);
});

test('one connection watches several subjects, and stops watching', async () => {
  const [a, b] = [await insertRun(), await insertRun()];
  const connection = await open();
  connection.subscribe(a);
  connection.subscribe(b);
  await connection.until(() => connection.lastSeq(a) === 1 && connection.lastSeq(b) === 1);
  connection.send({ type: 'unsubscribe', subject: { kind: 'run', id: a } });
  connection.send({ type: 'ping' });
  await connection.until(() => connection.messages.some((message) => message.type === 'pong'));
  await append(a, [log('unseen')]);
  await append(b, [log('seen')]);
  await connection.until(() => connection.lastSeq(b) === 2);
  expect(connection.lastSeq(a)).toBe(1);
});

test('what is no message is answered with an error, and the connection stays', async () => {
  const connection = await open();
  for (const text of [
    '{',
    '{"type":"shout"}',
    '{"type":"ping","extra":1}',
    '{"type":"subscribe","subject":{"kind":"run","id":"1"},"afterSeq":0}',
  ])
    connection.socket.send(text);
  connection.subscribe(crypto.randomUUID());
  await connection.until(() => connection.messages.length === 5);
  const codes = connection.messages.map((message) => (message.type === 'error' ? message.code : message.type));
  expect(codes.sort()).toEqual([
    'invalid_request',
    'invalid_request',
    'invalid_request',
    'invalid_request',
    'not_found',
  ]);
});

test('a flood of messages ends the connection', async () => {
  const connection = await open();
  for (let i = 0; i < 500; i++) connection.send({ type: 'ping' });
  await new Promise<void>((resolve) => connection.socket.on('close', () => resolve()));
});

test('foreign origins and hosts cannot connect', async () => {
  await expect(open({ origin: 'http://evil.example' })).rejects.toThrow('status 403');
  await expect(open({ host: 'evil.example' })).rejects.toThrow('status 403');
  await expect(open({ origin: `http://127.0.0.1:${port}` })).resolves.toBeDefined();
});
