import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { TENSORFLOW_VERSION } from './tensorflow-wheel.mjs';

/** @param {string} cacheDirectory */
const fileIn = (cacheDirectory) => path.join(cacheDirectory, 'native-tensorflow-failure.json');

/**
 * Why native TensorFlow could not be set up with these versions; undefined when it was not tried with them.
 * @param {string} cacheDirectory
 * @param {string} versions of Node and the toolchain
 * @returns {string | undefined}
 */
export function recallFailure(cacheDirectory, versions) {
  try {
    const failure = JSON.parse(readFileSync(fileIn(cacheDirectory), 'utf8'));
    return failure.versions === versions && failure.tensorflow === TENSORFLOW_VERSION ? failure.reason : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} cacheDirectory @param {string} versions @param {string} reason */
export function rememberFailure(cacheDirectory, versions, reason) {
  mkdirSync(cacheDirectory, { recursive: true });
  const failure = { tensorflow: TENSORFLOW_VERSION, versions, reason, at: new Date().toISOString() };
  writeFileSync(fileIn(cacheDirectory), `${JSON.stringify(failure, null, 2)}\n`);
}

/** @param {string} cacheDirectory */
export function forgetFailure(cacheDirectory) {
  rmSync(fileIn(cacheDirectory), { force: true });
}
