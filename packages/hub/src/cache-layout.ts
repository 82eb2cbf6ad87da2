import { mkdir, readlink, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Where a model lies in Hugging Face's own cache, which other programs share:
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
  const directory = cache.snapshot(commit);
  await mkdir(directory, { recursive: true });
  const link = path.join(directory, file.name);
  const target = path.join('..', '..', 'blobs', file.blobId);
  if ((await readlink(link).catch(() => null)) === target) return;
  const temporary = `${link}.${process.pid}.tmp`;
  await rm(temporary, { force: true });
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
