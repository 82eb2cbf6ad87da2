import { expect, test } from 'vitest';
import { readableLine } from './readable-log.mjs';

const line = (entry: object) =>
  readableLine(JSON.stringify({ time: 1, pid: 2, hostname: 'h', process: 'worker', ...entry }));

test('a log entry becomes its message and its fields', () => {
  expect(line({ level: 30, msg: 'run started', runId: 'a1', step: 7 })).toEqual({
    level: 30,
    text: 'run started (runId=a1, step=7)',
  });
  expect(line({ level: 50, msg: 'job failed', err: { message: 'no weights', stack: 'at …' } })).toEqual({
    level: 50,
    text: 'error: job failed (err=no weights)',
  });
});

test('served requests and libraries that print belong in the log file only, failing requests do not', () => {
  expect(line({ level: 30, msg: 'request completed', req: {}, res: {} }).level).toBe(0);
  expect(line({ level: 50, msg: 'boom', req: {} }).level).toBe(50);
  expect(readableLine('  oneDNN custom operations are on.')).toEqual({
    level: 0,
    text: 'oneDNN custom operations are on.',
  });
  expect(readableLine('{"not": "a log entry"}').level).toBe(0);
});
