import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { acquireLock, processStartedAt, readLock } from './lock.mjs';

let directory: string;
const lockFile = () => path.join(directory, 'launcher.lock');

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'featurescope lock '));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function mustAcquire() {
  const taken = acquireLock(directory);
  if (!('lock' in taken)) throw new Error(`owned by ${taken.owner.pid}`);
  return taken.lock;
}

test('one owner at a time; the next one learns who it is and where it answers', () => {
  const lock = mustAcquire();
  expect(acquireLock(directory)).toEqual({ owner: { pid: process.pid, startedAt: processStartedAt(process.pid) } });
  lock.setUrl('http://127.0.0.1:3210');
  expect(acquireLock(directory)).toMatchObject({ owner: { url: 'http://127.0.0.1:3210' } });
  lock.release();
  mustAcquire().release();
  expect(readdirSync(directory)).toEqual([]);
});

test('takes over the lock of a process that is gone', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const entry = { pid: child.pid as number, startedAt: processStartedAt(child.pid as number) };
  writeFileSync(lockFile(), JSON.stringify(entry));
  expect(acquireLock(directory)).toMatchObject({ owner: { pid: child.pid } });
  const gone = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await gone;
  mustAcquire();
  expect(readLock(directory)?.pid).toBe(process.pid);
});

test('takes over the lock of a process whose number another one has now, and one that cannot be read', () => {
  writeFileSync(lockFile(), JSON.stringify({ pid: process.pid, startedAt: 'before the last boot' }));
  mustAcquire().release();
  writeFileSync(lockFile(), '{"pid":');
  mustAcquire();
  expect(readLock(directory)?.startedAt).toBe(processStartedAt(process.pid));
});

test('does not release a lock that another one has taken over', () => {
  const lock = mustAcquire();
  writeFileSync(lockFile(), JSON.stringify({ pid: 1, startedAt: 'x' }));
  lock.release();
  expect(existsSync(lockFile())).toBe(true);
});

test('of many processes that find a stale lock at once, one gets it', async () => {
  writeFileSync(lockFile(), JSON.stringify({ pid: 999_999_999, startedAt: 'x' }));
  const program = `
    import { acquireLock } from ${JSON.stringify(path.join(import.meta.dirname, 'lock.mjs'))};
    process.stdin.once('data', () => {
      console.log('lock' in acquireLock(${JSON.stringify(directory)}) ? 'won' : 'lost');
      setTimeout(() => {}, 60_000);
    });
    console.log('ready');`;
  const children = Array.from({ length: 6 }, () => spawn(process.execPath, ['--input-type=module', '-e', program]));
  try {
    const lines = children.map((child) => nextLine(child.stdout));
    expect(await Promise.all(lines)).toEqual(Array(6).fill('ready'));
    const answers = children.map((child) => nextLine(child.stdout));
    for (const child of children) child.stdin.write('go\n');
    expect((await Promise.all(answers)).sort()).toEqual(['lost', 'lost', 'lost', 'lost', 'lost', 'won']);
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
});

function nextLine(stream: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve) => stream.once('data', (chunk) => resolve(String(chunk).trim())));
}
