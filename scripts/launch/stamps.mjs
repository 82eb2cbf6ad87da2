import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const IGNORED = new Set(['node_modules', '.next', 'generated', 'next-env.d.ts']);

/**
 * SHA-256 of names and contents below some files and directories, in a fixed order. Missing ones count as missing.
 * What is installed, built or generated is left out, as are tests.
 * @param {string} root
 * @param {string[]} paths relative to root
 * @param {string[]} [extra] further strings that matter, such as versions
 * @returns {string}
 */
export function contentHash(root, paths, extra = []) {
  const hash = createHash('sha256');
  for (const text of extra) hash.update(`${text}\0`);
  /** @param {string} relative */
  const visit = (relative) => {
    const file = path.join(root, relative);
    const stats = lstatSync(file, { throwIfNoEntry: false });
    if (!stats) hash.update(`${relative}\0missing\0`);
    else if (stats.isDirectory()) {
      for (const name of readdirSync(file).sort()) {
        if (!IGNORED.has(name) && !/\.test\.tsx?$|\.tsbuildinfo$/.test(name)) visit(path.join(relative, name));
      }
    } else if (stats.isFile()) hash.update(`${relative}\0`).update(readFileSync(file)).update('\0');
  };
  for (const name of paths) visit(name);
  return hash.digest('hex');
}

/**
 * Remembers for which inputs a step was last done. They live in node_modules: whoever deletes that starts afresh.
 * @param {string} root
 */
export function openStamps(root) {
  const directory = path.join(root, 'node_modules', '.featurescope');
  /** @param {string} name */
  const fileOf = (name) => path.join(directory, `${name}.stamp`);
  return {
    /** @param {string} name @param {string} hash */
    isFresh(name, hash) {
      try {
        return readFileSync(fileOf(name), 'utf8') === hash;
      } catch {
        return false;
      }
    },
    /** Before a step begins: a step killed midway is done again. @param {string} name */
    clear(name) {
      rmSync(fileOf(name), { force: true });
    },
    /** @param {string} name @param {string} hash */
    write(name, hash) {
      mkdirSync(directory, { recursive: true });
      writeFileSync(`${fileOf(name)}.new`, hash);
      renameSync(`${fileOf(name)}.new`, fileOf(name));
    },
  };
}
