import { lstat, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../app-error.ts';

/** A directory with a config.json, or a GGUF file. */
export interface ModelLocation {
  kind: 'directory' | 'gguf';
  /** Real path. */
  path: string;
}

/** Models directly in the roots or in directories directly below them. A link that leads out of its root is not followed. */
export async function findModels(roots: string[]): Promise<ModelLocation[]> {
  const found = new Map<string, ModelLocation>();
  for (const root of roots) {
    const realRoot = await realpath(root).catch(() => null);
    if (realRoot === null) continue;
    const entered = await entriesOf(realRoot, realRoot);
    const below = await Promise.all(entered.map((entry) => entriesOf(entry, realRoot)));
    const hasConfig = (entries: string[]) => entries.some((entry) => path.basename(entry) === 'config.json');
    const add = (kind: ModelLocation['kind'], where: string) => found.set(where, { kind, path: where });
    if (hasConfig(entered)) add('directory', realRoot);
    entered.forEach((entry, i) => {
      if (hasConfig(below[i])) add('directory', entry);
    });
    for (const entry of [...entered, ...below.flat()]) if (isGguf(entry)) add('gguf', entry);
  }
  return [...found.values()];
}

/** Real paths of what a directory holds and stays within the root; nothing for what is no directory. */
async function entriesOf(directory: string, realRoot: string): Promise<string[]> {
  const names = await readdir(directory).catch((): string[] => []);
  const visible = names.filter((name) => !name.startsWith('.')).sort();
  const real = await Promise.all(visible.map((name) => realpath(path.join(directory, name)).catch(() => null)));
  return real.filter((entry) => entry !== null && isWithin(realRoot, entry)) as string[];
}

export const isGguf = (file: string) => file.toLowerCase().endsWith('.gguf');

/** The real path of a model that a request names, absolute or relative to a root. Throws AppError unprocessable, naming the
 *  roots, for a path that leads out of them, and for one that does not exist. */
export async function resolveUnderRoots(given: string, roots: string[]): Promise<string> {
  const field = 'source.path';
  const candidates = path.isAbsolute(given) ? [given] : roots.map((root) => path.join(root, given));
  for (const candidate of candidates) {
    const real = await realpath(candidate).catch(() => null);
    if (real !== null && (await isUnderRoots(real, roots))) return real;
  }
  // Outside the roots, what exists is not told from what does not.
  const inside = candidates.filter((candidate) => roots.some((root) => isWithin(path.resolve(root), candidate)));
  const present = await Promise.all(inside.map((candidate) => lstat(candidate).catch(() => null)));
  const message =
    inside.length > 0 && present.every((info) => info === null)
      ? `${field} is ${JSON.stringify(given)}, and there is nothing. Look for it in ${roots.join(' or ')}.`
      : `${field} is ${JSON.stringify(given)}, which is not under the model roots (${roots.join(', ')}). Move the model there, or add its place to FEATURESCOPE_MODEL_ROOTS and start again.`;
  throw new AppError('unprocessable', message, { field });
}

export async function isUnderRoots(real: string, roots: string[]): Promise<boolean> {
  const realRoots = await Promise.all(roots.map((root) => realpath(root).catch(() => null)));
  return realRoots.some((root) => root !== null && isWithin(root, real));
}

function isWithin(root: string, inner: string): boolean {
  const relative = path.relative(root, inner);
  return relative === '' || (relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative));
}
