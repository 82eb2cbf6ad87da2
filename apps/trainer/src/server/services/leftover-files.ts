import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { corpusIds, type Db, runIds } from '@featurescope/db';
import type { Store } from '@featurescope/store';

/** A corpus is recorded right after it was written; older ones without a record belong to nobody. */
const unrecordedCorpusMs = 3_600_000;

/** Removes the files of runs and datasets whose rows are gone: the server died between the two, or a worker that had lost its
 *  run wrote once more. A run has its row before it has files, so looking at the files first spares whatever is new. */
export async function removeLeftoverFiles(db: Db, store: Store): Promise<void> {
  const runs = await directoriesIn(path.join(store.root, 'runs'));
  const corpora = await directoriesIn(path.join(store.root, 'corpora'));
  const knownRuns = await runIds(db);
  for (const id of runs) if (!knownRuns.has(id)) await store.removeRun(id).catch(() => {});
  const knownCorpora = await corpusIds(db);
  for (const id of corpora) {
    if (knownCorpora.has(id)) continue;
    const written = await stat(path.join(store.root, 'corpora', id)).catch(() => null);
    if (written && Date.now() - written.mtimeMs > unrecordedCorpusMs) await store.removeCorpus(id).catch(() => {});
  }
}

const directoriesIn = (directory: string) => readdir(directory).catch((): string[] => []);
