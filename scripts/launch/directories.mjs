import { homedir } from 'node:os';
import path from 'node:path';

/** The repository. */
export const root = path.resolve(import.meta.dirname, '../..');

/** Where everything the product keeps lives. @param {NodeJS.ProcessEnv} env */
export function dataDirectoryOf(env) {
  return path.resolve(root, env.FEATURESCOPE_DATA || 'data');
}

/** What may be deleted at any time and is shared by all clones of a user. @param {NodeJS.ProcessEnv} env */
export function cacheDirectoryOf(env) {
  // A relative XDG_CACHE_HOME is to be ignored, says its specification.
  const base = env.XDG_CACHE_HOME && path.isAbsolute(env.XDG_CACHE_HOME) ? env.XDG_CACHE_HOME : undefined;
  return path.join(base ?? path.join(env.HOME || homedir(), '.cache'), 'featurescope');
}
