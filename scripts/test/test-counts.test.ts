import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { countPlaywright, countVitest } from './test-counts.mjs';

let file: string;
beforeEach(() => {
  file = path.join(mkdtempSync(path.join(tmpdir(), 'featurescope-counts-')), 'report.json');
});
afterEach(() => rmSync(path.dirname(file), { recursive: true }));

test('a file that does not load is a failure although it has no tests', () => {
  const passed = { status: 'passed', assertionResults: [{}] };
  const broken = { status: 'failed', assertionResults: [] };
  writeFileSync(file, JSON.stringify({ numPassedTests: 4, numFailedTests: 1, testResults: [passed, broken] }));
  expect(countVitest(file)).toEqual({ passed: 4, failed: 2 });
});

test('a test that passed only when repeated has failed, and errors outside tests count', () => {
  const stats = { expected: 5, unexpected: 1, flaky: 1, skipped: 0 };
  writeFileSync(file, JSON.stringify({ stats, errors: [{ message: 'x' }] }));
  expect(countPlaywright(file)).toEqual({ passed: 5, failed: 3 });
});

test('no report is a failure', () => {
  expect(countVitest(file)).toEqual({ passed: 0, failed: 1 });
  writeFileSync(file, '{"stats":');
  expect(countPlaywright(file)).toEqual({ passed: 0, failed: 1 });
});
