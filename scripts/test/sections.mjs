import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../launch/directories.mjs';
import { runCommand } from '../launch/run-command.mjs';
import { seconds } from '../launch/terminal.mjs';
import { countPlaywright, countVitest } from './test-counts.mjs';

/**
 * @typedef {object} Section
 * @property {string} name
 * @property {string} title
 * @property {string[]} command after `node`
 * @property {NodeJS.ProcessEnv} [env]
 * @property {'vitest' | 'playwright'} [reporter] whose report is counted; without it the command counts as one
 * @property {number} minutes at most
 */

const bin = (/** @type {string} */ file) => path.join(root, 'node_modules', file);
const vitest = [bin('vitest/vitest.mjs'), 'run', '--reporter=default', '--reporter=json'];
const tsc = [bin('typescript/bin/tsc'), '--noEmit', '-p'];

/** @type {Section[]} */
const SECTIONS = [
  { name: 'setup', title: 'Set-up', command: ['scripts/start.mjs', '--setup-only'], minutes: 20 },
  { name: 'check', title: 'Types', command: [...tsc, 'tsconfig.json'], minutes: 5 },
  { name: 'check', title: 'Types of the pages', command: [...tsc, 'apps/web/tsconfig.json'], minutes: 5 },
  { name: 'check', title: 'Lint and format', command: [bin('@biomejs/biome/bin/biome'), 'check', '.'], minutes: 3 },
  {
    name: 'check',
    title: 'Boundaries',
    command: [
      bin('dependency-cruiser/bin/dependency-cruise.mjs'),
      '--config',
      '.dependency-cruiser.cjs',
      ...['apps', 'packages', 'e2e', 'scripts', 'bench'],
    ],
    minutes: 3,
  },
  { name: 'check', title: 'Unused code', command: [bin('knip/bin/knip.js'), '--no-progress'], minutes: 3 },
  { name: 'check', title: 'Migrations', command: ['--import', 'tsx', 'scripts/db.ts', '--check'], minutes: 3 },
  { name: 'unit', title: 'Unit tests', command: [...vitest, '--project', 'unit'], reporter: 'vitest', minutes: 25 },
  {
    name: 'wasm',
    title: 'Numerics on the portable tensor backend',
    command: [...vitest, '--project', 'unit', 'packages/tensor', 'packages/sae', 'packages/lm'],
    env: { FEATURESCOPE_TENSOR: 'wasm' },
    reporter: 'vitest',
    minutes: 25,
  },
  { name: 'db', title: 'Database tests', command: [...vitest, '--project', 'db'], reporter: 'vitest', minutes: 25 },
  {
    name: 'bare',
    title: 'Start without a toolchain, as another user, below a path with a space',
    command: ['scripts/test/start-without-toolchain.mjs'],
    minutes: 25,
  },
  { name: 'e2e', title: 'End-to-end tests', command: ['scripts/test/e2e.mjs'], reporter: 'playwright', minutes: 40 },
];

/**
 * @param {string[]} wanted names; empty: all
 * @returns {Promise<number>} exit code
 */
export async function runSections(wanted) {
  const unknown = wanted.find((name) => !SECTIONS.some((section) => section.name === name));
  if (unknown) {
    console.error(`No section ${unknown}; there are ${[...new Set(SECTIONS.map(({ name }) => name))].join(', ')}.`);
    return 1;
  }
  const stop = new AbortController();
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, () => stop.abort());
  const reports = mkdtempSync(path.join(tmpdir(), 'featurescope-reports-'));
  /** @type {Result[]} */
  const results = [];
  for (const section of SECTIONS) {
    if (stop.signal.aborted) break;
    if (wanted.length > 0 && !wanted.includes(section.name)) continue;
    console.log(`\n── ${section.title}`);
    const began = performance.now();
    const counts = await runSection(section, path.join(reports, `${results.length}.json`), stop.signal);
    results.push({ title: section.title, ...counts, tookMs: performance.now() - began });
  }
  rmSync(reports, { recursive: true, force: true });
  return summarise(results, stop.signal.aborted);
}

/** @typedef {import('./test-counts.mjs').Counts & {title: string, tookMs: number}} Result */

/**
 * @param {Section} section
 * @param {string} report
 * @param {AbortSignal} signal
 */
async function runSection(section, report, signal) {
  const args = section.reporter === 'vitest' ? [...section.command, `--outputFile.json=${report}`] : section.command;
  /** @type {string[]} */
  let failures = [];
  try {
    await runCommand(process.execPath, args, {
      cwd: root,
      env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: report, ...section.env },
      signal,
      timeoutMs: section.minutes * 60_000,
      onLine: (line) => console.log(line),
    });
  } catch (error) {
    failures = [error instanceof Error ? error.message : String(error)];
    console.log(`✗ ${section.title}: ${failures[0]}`);
  }
  if (section.reporter === undefined) return { passed: 1 - failures.length, failed: failures.length, failures };
  const counts = section.reporter === 'vitest' ? countVitest(report) : countPlaywright(report);
  // A crash, a time-out or an error outside any test is a failure too, though no test counts it.
  return counts.failed > 0 ? counts : { ...counts, failed: failures.length, failures };
}

/**
 * The last lines name every test that failed, so that the end of a log says what to look for in it.
 * @param {Result[]} results
 * @param {boolean} interrupted
 */
function summarise(results, interrupted) {
  console.log('\n── Summary');
  for (const { title, passed, failed, failures, tookMs } of results) {
    console.log(`${failed > 0 ? '✗' : '✓'} ${title}: ${passed} passed, ${failed} failed (${seconds(tookMs)})`);
    for (const failure of failures) console.log(`    ✗ ${failure.replace(`${root}${path.sep}`, '')}`);
  }
  if (interrupted) console.log('Interrupted: the rest did not run.');
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 && !interrupted ? 0 : 1;
}
