import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 * @property {string[]} failures what failed and the first line of its reason, one entry each
 */

/** Of a run that left no report: a failure, never a pass. */
const NO_REPORT = { passed: 0, failed: 1, failures: ['It left no report.'] };

/**
 * Passed and failed tests of vitest's JSON report. A file that failed outside its tests, as
 * one that could not be loaded, counts as one failure.
 * @param {string} file
 * @returns {Counts}
 */
export function countVitest(file) {
  const report = readReport(file);
  if (!report) return NO_REPORT;
  const failures = report.testResults.flatMap(
    (/** @type {VitestFile} */ { name, status, message, assertionResults }) => {
      const failed = assertionResults.filter((test) => test.status === 'failed');
      if (failed.length === 0 && status === 'failed') return [failure(name, message)];
      return failed.map(({ fullName, failureMessages }) => failure(`${name}: ${fullName}`, failureMessages?.[0]));
    },
  );
  return { passed: report.numPassedTests, failed: failures.length, failures };
}

/** @typedef {{fullName: string, status: string, failureMessages?: string[]}} VitestTest */
/** @typedef {{name: string, status: string, message?: string, assertionResults: VitestTest[]}} VitestFile */

/**
 * Passed and failed tests of Playwright's JSON report. A test that passed only when repeated has failed; errors outside
 * any test count one each.
 * @param {string} file
 * @returns {Counts}
 */
export function countPlaywright(file) {
  const report = readReport(file);
  if (!report) return NO_REPORT;
  const { expected, unexpected, flaky } = report.stats;
  const failures = [
    ...failedSpecs(report.suites ?? []),
    ...report.errors.map((/** @type {{message?: string}} */ error) => failure('Outside any test', error.message)),
  ];
  return { passed: expected, failed: unexpected + flaky + report.errors.length, failures };
}

/** @typedef {{status: string, results: {error?: {message?: string}}[]}} PlaywrightTest */
/** @typedef {{title: string, file: string, line: number, tests: PlaywrightTest[]}} PlaywrightSpec */
/** @typedef {{specs?: PlaywrightSpec[], suites?: PlaywrightSuite[]}} PlaywrightSuite */

/**
 * @param {PlaywrightSuite[]} suites
 * @returns {string[]}
 */
function failedSpecs(suites) {
  return suites.flatMap(({ specs = [], suites: inner = [] }) => [
    ...specs.flatMap(({ title, file, line, tests }) =>
      tests
        .filter(({ status }) => status === 'unexpected' || status === 'flaky')
        .map(({ results }) =>
          failure(`${file}:${line} ${title}`, results.find(({ error }) => error !== undefined)?.error?.message),
        ),
    ),
    ...failedSpecs(inner),
  ]);
}

/**
 * @param {string} name
 * @param {string | undefined} reason
 */
function failure(name, reason) {
  const firstLine = stripVTControlCharacters(reason ?? '')
    .trim()
    .split('\n', 1)[0];
  return firstLine ? `${name}: ${firstLine}` : name;
}

/** @param {string} file */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
