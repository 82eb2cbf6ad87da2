import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { processStartedAt } from './lock.mjs';
import { CommandError, runCommand } from './run-command.mjs';

const node = (program: string) => [process.execPath, ['-e', program]] as const;

test('gives lines as they come, keeps the last ones and writes all to the log', async () => {
  const logFile = path.join(tmpdir(), `featurescope-run-${process.pid}`, 'run.log');
  const lines: string[] = [];
  const [file, args] = node('console.log("one\\n\\ntwo"); process.stdout.write("three")');
  expect(await runCommand(file, [...args], { onLine: (line) => lines.push(line), logFile })).toBe('one\ntwo\nthree');
  expect(lines).toEqual(['one', 'two', 'three']);
  await expect.poll(() => readFileSync(logFile, 'utf8')).toMatch(/^\n\$ .*node.*\none\n\ntwo\nthree$/s);
  rmSync(path.dirname(logFile), { recursive: true });
});

test('a failure says how it ended and what was said last', async () => {
  const [file, args] = node('console.error("no such thing"); process.exit(7)');
  const failure = await runCommand(file, [...args]).catch((error) => error);
  expect(failure).toBeInstanceOf(CommandError);
  expect(failure.message).toMatch(/node exited with code 7/);
  expect(failure.output).toBe('no such thing');
  await expect(runCommand('/no/such/program', [])).rejects.toThrow(/could not be started/);
});

test('a program that takes too long is ended, and so is what it started', async () => {
  const { pid, error } = await endedWithGrandchild({ timeoutMs: 1500 });
  expect(String(error)).toMatch(/was stopped after 1.5 s/);
  await expect.poll(() => processStartedAt(pid), { timeout: 5000 }).toBeUndefined();
});

test('an aborted one too, at once', async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error('stopped')), 1500);
  const { pid, error } = await endedWithGrandchild({ signal: controller.signal });
  expect(String(error)).toMatch(/stopped/);
  await expect.poll(() => processStartedAt(pid), { timeout: 5000 }).toBeUndefined();
});

async function endedWithGrandchild(options: { timeoutMs?: number; signal?: AbortSignal }) {
  let pid = 0;
  const [file, args] = node(
    `const child = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
     console.log(child.pid); setInterval(() => {}, 1000);`,
  );
  const onLine = (line: string) => {
    pid = Number(line);
  };
  const error = await runCommand(file, [...args], { ...options, onLine }).catch((reason) => reason);
  expect(pid).toBeGreaterThan(0);
  return { pid, error };
}
