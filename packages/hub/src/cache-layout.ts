import { randomUUID } from 'node:crypto';
import { mkdir, readlink, rename, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { HubError } from './errors.ts';

/** Where a repository lies in Hugging Face's own cache, which other programs share:
 *  `models--org--name/{blobs/<hash>, snapshots/<commit>/<file> → ../../blobs/<hash>, refs/<revision>}`. */
export interface RepoCache {
  /** models--org--name. */
  root: string;
  blob(blobId: string): string;
  snapshot(commit: string): string;
  ref(revision: string): string;
}

/** repo and revision must have been checked: they become parts of paths. */
export function repoCache(cacheDirectory: string, repo: string): RepoCache {
  const root = path.join(cacheDirectory, ['models', ...repo.split('/')].join('--'));
  return {
    root,
    blob: (blobId) => path.join(root, 'blobs', blobId),
    snapshot: (commit) => path.join(root, 'snapshots', commit),
    ref: (revision) => path.join(root, 'refs', revision),
  };
}

/** Makes a complete blob visible as a file of a snapshot. */
export async function linkSnapshotFile(cache: RepoCache, commit: string, file: { name: string; blobId: string }) {
  const link = path.join(cache.snapshot(commit), file.name);
  const directory = path.dirname(link);
  await mkdir(directory, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST' && error.code !== 'ENOTDIR') throw error;
    throw new HubError('unusable', `${path.dirname(file.name)} is a file and a folder. Choose another repository.`);
  });
  const target = path.relative(directory, cache.blob(file.blobId));
  if ((await readlink(link).catch(() => null)) === target) return;
  const temporary = `${link}.${randomUUID()}.tmp`;
  await symlink(target, temporary);
  await rename(temporary, link);
}

/** Records which commit a branch or tag named. */
export async function writeRef(cache: RepoCache, revision: string, commit: string): Promise<void> {
  if (revision === commit) return;
  const file = cache.ref(revision);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, commit);
}

/** Bytes of a regular file; 0 when there is none. */
export async function sizeOf(file: string): Promise<number> {
  const info = await stat(file).catch(() => null);
  return info?.isFile() ? info.size : 0;
}
