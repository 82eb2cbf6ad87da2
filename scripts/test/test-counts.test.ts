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

test('names what failed in the report of vitest, and files that failed outside their tests', () => {
  const passed = { name: 'a.test.ts', status: 'passed', assertionResults: [{ fullName: 'adds', status: 'passed' }] };
  const broken = { name: 'b.test.ts', status: 'failed', message: 'Cannot find c\nat b', assertionResults: [] };
  const unclean = { ...passed, name: 'c.test.ts', status: 'failed', message: 'afterAll timed out' };
  const failed = {
    name: 'd.test.ts',
    status: 'failed',
    assertionResults: [
      { fullName: 'sums', status: 'passed' },
      { fullName: 'divides', status: 'failed', failureMessages: ['\u001b[31mexpected 1 to be 2\u001b[39m\n  at d'] },
    ],
  };
  writeFileSync(file, JSON.stringify({ numPassedTests: 3, testResults: [passed, broken, unclean, failed] }));
  expect(countVitest(file)).toEqual({
    passed: 3,
    failed: 3,
    failures: ['b.test.ts: Cannot find c', 'c.test.ts: afterAll timed out', 'd.test.ts: divides: expected 1 to be 2'],
  });
});

test('a test that passed only when repeated has failed, and errors outside tests count', () => {
  const stats = { expected: 5, unexpected: 1, flaky: 1, skipped: 0 };
  const spec = (title: string, status: string, message?: string) => ({
    title,
    file: 'lab.spec.ts',
    line: 7,
    tests: [{ status, results: [{ error: message === undefined ? undefined : { message } }, {}] }],
  });
  const suites = [
    { specs: [spec('opens', 'expected')], suites: [{ specs: [spec('slides', 'unexpected', 'Timed out\n\nLocator')] }] },
    { specs: [spec('plays', 'flaky', 'Gone')] },
  ];
  writeFileSync(file, JSON.stringify({ stats, suites, errors: [{ message: 'x' }] }));
  expect(countPlaywright(file)).toEqual({
    passed: 5,
    failed: 3,
    failures: ['lab.spec.ts:7 slides: Timed out', 'lab.spec.ts:7 plays: Gone', 'Outside any test: x'],
  });
});

test('no report is a failure', () => {
  const failures = ['It left no report.'];
  expect(countVitest(file)).toEqual({ passed: 0, failed: 1, failures });
  writeFileSync(file, '{"stats":');
  expect(countPlaywright(file)).toEqual({ passed: 0, failed: 1, failures });
});
