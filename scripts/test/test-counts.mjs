import { readFileSync } from 'node:fs';

/** @typedef {{passed: number, failed: number}} Counts */

/** Of a run that left no report: a failure, never a pass. */
const NO_REPORT = { passed: 0, failed: 1 };

/**
 * Passed and failed tests of vitest's JSON report. A file that could not even be loaded has no tests and counts as one failure.
 * @param {string} file
 * @returns {Counts}
 */
export function countVitest(file) {
  const report = readReport(file);
  if (!report) return NO_REPORT;
  const brokenFiles = report.testResults.filter(
    (/** @type {{status: string, assertionResults: unknown[]}} */ result) =>
      result.status === 'failed' && result.assertionResults.length === 0,
  ).length;
  return { passed: report.numPassedTests, failed: report.numFailedTests + brokenFiles };
}

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
  return { passed: expected, failed: unexpected + flaky + report.errors.length };
}

/** @param {string} file */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
