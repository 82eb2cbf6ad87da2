import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { DictionaryDirectoryList } from '@featurescope/contracts';
import { dictionaryFileNames, formatOf } from '@featurescope/sae/dictionary-files';
import { AppError } from '../../../app-error.ts';

/** Releases lie as `<release>/layer_20/width_16k/average_l0_71`. */
const maxDepth = 6;
const maxListed = 500;
/** Directories looked into for one list. */
const maxVisited = 20_000;

/** The real directory that a request names: absolute, or below any of the roots. Whatever a link leads to has to lie below a root,
 *  too. Throws AppError invalid_request; of what lies outside the roots it does not say whether it exists. */
export async function resolveDictionaryDirectory(roots: readonly string[], given: string): Promise<string> {
  for (const root of roots) {
    const realRoot = await realpath(root).catch(() => null);
    if (realRoot === null) continue;
    const directory = await realpath(path.resolve(realRoot, given)).catch(() => null);
    if (directory === null || !isWithin(realRoot, directory)) continue;
    if ((await stat(directory)).isDirectory()) return directory;
  }
  throw new AppError(
    'invalid_request',
    `source.path is ${JSON.stringify(given.slice(0, 200))}: there is no such directory below ${roots.join(' or ')}. Put the dictionary there, or name its place in FEATURESCOPE_DICTIONARY_ROOTS.`,
    { field: 'source.path' },
  );
}

/** Directories below the roots that hold a dictionary, by name; links are not followed. */
export async function listDictionaryDirectories(roots: readonly string[]): Promise<DictionaryDirectoryList> {
  const directories: DictionaryDirectoryList['directories'] = [];
  const waiting = roots.map((root) => ({ root, directory: root, depth: 0 }));
  for (let visited = 0; visited < maxVisited && directories.length < maxListed; visited++) {
    const next = waiting.shift();
    if (!next) break;
    const entries = await readdir(next.directory, { withFileTypes: true }).catch(() => []);
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    if (formatOf(files))
      directories.push({
        // A name below one root may also be one below another.
        path: (roots.length === 1 && path.relative(next.root, next.directory)) || next.directory,
        sizeBytes: await totalBytes(
          next.directory,
          files.filter((name) => dictionaryFileNames.has(name)),
        ),
      });
    if (next.depth === maxDepth) continue;
    for (const entry of entries)
      if (entry.isDirectory() && !entry.name.startsWith('.'))
        waiting.push({ ...next, directory: path.join(next.directory, entry.name), depth: next.depth + 1 });
  }
  return { roots: [...roots], directories, fileNames: [...dictionaryFileNames] };
}

async function totalBytes(directory: string, names: string[]): Promise<number> {
  const sizes = await Promise.all(names.map(async (name) => (await stat(path.join(directory, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function isWithin(root: string, directory: string): boolean {
  const relative = path.relative(root, directory);
  return relative === '' || (!relative.startsWith('..') && !path.isAbsolute(relative));
}
