import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Postgres, startPostgres } from './postgres.mjs';

let dataDirectory: string;
let started: Postgres[];

beforeEach(() => {
  dataDirectory = path.join(mkdtempSync(path.join(tmpdir(), 'featurescope postgres ')), 'postgres');
  started = [];
});
afterEach(async () => {
  for (const server of started) await server.stop();
  rmSync(path.dirname(dataDirectory), { recursive: true, force: true });
});

async function start(): Promise<Postgres> {
  const logFile = path.join(path.dirname(dataDirectory), 'logs/postgres.log');
  const server = await startPostgres({ dataDirectory, logFile, durable: false });
  started.push(server);
  return server;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows[0];
  } finally {
    await client.end();
  }
}

test('is UTF-8 whatever the locale, listens on the loopback alone, without a socket, and wants its password', async () => {
  const server = await start();
  expect(
    await query(
      server.url,
      `SELECT current_setting('server_encoding') AS encoding, current_setting('listen_addresses') AS addresses,
        current_setting('unix_socket_directories') AS sockets, 'ä' < 'z' AS by_code_point`,
    ),
  ).toEqual({ encoding: 'UTF8', addresses: '127.0.0.1', sockets: '', by_code_point: false });
  const url = new URL(server.url);
  url.password = 'guessed';
  await expect(query(url.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
});

test('keeps its data over a stop, and adopts a server that is running', async () => {
  const first = await start();
  await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  const adopted = await start();
  expect(adopted).toMatchObject({ adopted: true, url: first.url });
  await adopted.stop();
  await first.exited;
  const second = await start();
  expect(second.adopted).toBe(false);
  expect(await query(second.url, 'SELECT answer FROM kept')).toEqual({ answer: 42 });
});

test('recovers after it was killed', async () => {
  const first = await start();
  await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  process.kill(Number(readFileSync(path.join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL');
  await first.exited;
  expect(await query((await start()).url, 'SELECT answer FROM kept')).toEqual({ answer: 42 });
});

test('removes a pid file whose number belongs to another program', async () => {
  await (await start()).stop();
  writeFileSync(path.join(dataDirectory, 'postmaster.pid'), `${process.pid}\n${dataDirectory}\n0\n5432\n\n127.0.0.1\n`);
  const server = await start();
  expect(server.adopted).toBe(false);
  expect(await query(server.url, 'SELECT 1 AS one')).toEqual({ one: 1 });
});

test('begins anew after an interrupted initialisation, and leaves foreign files alone', async () => {
  mkdirSync(`${dataDirectory}.new/base`, { recursive: true });
  writeFileSync(`${dataDirectory}.new/PG_VERSION`, '18');
  await (await start()).stop();
  rmSync(dataDirectory, { recursive: true });
  mkdirSync(dataDirectory);
  writeFileSync(path.join(dataDirectory, 'letters.txt'), 'mine');
  await expect(start()).rejects.toThrow(/is not a PostgreSQL cluster/);
  expect(readFileSync(path.join(dataDirectory, 'letters.txt'), 'utf8')).toBe('mine');
});
