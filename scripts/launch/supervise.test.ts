import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Supervised, supervise } from './supervise.mjs';

let directory: string;
let lines: string[];
let pids: number[];
let running: Supervised[];

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'featurescope supervise '));
  lines = [];
  pids = [];
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((each) => each.stop(500)));
  rmSync(directory, { recursive: true, force: true });
});

const LISTENS = `
  const server = require('http').createServer((_, response) => response.end(String(process.pid)));
  server.listen(Number(process.env.PORT), '127.0.0.1', () => process.send({ type: 'listening', port: server.address().port }));`;

function start(program: string, port?: number): Supervised {
  writeFileSync(path.join(directory, 'program.cjs'), program);
  const supervised = supervise(
    { name: 'thing', args: [path.join(directory, 'program.cjs')], cwd: directory, env: process.env, port },
    { logDirectory: directory, say: (line) => lines.push(line), onPid: (_name, pid) => pids.push(pid) },
  );
  running.push(supervised);
  return supervised;
}

const ask = async (port: number) => (await fetch(`http://127.0.0.1:${port}`)).text();

test('reports the port that the process chose, and brings it back on the same one after a crash', async () => {
  const thing = start(LISTENS);
  const port = await thing.port;
  expect(await ask(port)).toBe(String(pids[0]));
  process.kill(pids[0], 'SIGKILL');
  await expect.poll(() => lines, { timeout: 10_000 }).toContain('[thing] is back');
  expect(pids).toHaveLength(2);
  expect(await ask(port)).toBe(String(pids[1]));
  expect(lines[0]).toBe(
    `[thing] died of SIGKILL; starting it again in 0.5 s. Log: ${path.join(directory, 'thing.log')}`,
  );
});

test('a busy port is replaced', async () => {
  const busy = createServer();
  await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve));
  const taken = (busy.address() as { port: number }).port;
  const port = await start(LISTENS, taken).port;
  expect(port).not.toBe(taken);
  busy.close();
});

test('a process that never comes up is given up, with its last words', async () => {
  const thing = start('console.error("no database"); process.exit(3)');
  await expect(thing.port).rejects.toThrow(/thing process does not come up, it ended with code 3:\nno database/);
}, 20_000);

test('stops on SIGTERM, and by force when it does not', async () => {
  const thing = start(`process.on('SIGTERM', () => console.log('no')); ${LISTENS}`);
  await thing.port;
  const began = Date.now();
  await thing.stop(300);
  expect(Date.now() - began).toBeLessThan(2000);
  expect(pids).toHaveLength(1);
  expect(readFileSync(path.join(directory, 'thing.log'), 'utf8')).toContain('no');
});

test('a restart that was asked for needs no pause', async () => {
  const thing = start(LISTENS);
  const port = await thing.port;
  thing.restart();
  await expect.poll(() => lines, { timeout: 10_000 }).toContain('[thing] is back');
  expect(await ask(port)).toBe(String(pids[1]));
  expect(lines.join()).not.toContain('again in');
});
