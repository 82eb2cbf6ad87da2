import { randomUUID } from 'node:crypto';
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import type {
  DictionaryDirectoryList,
  DictionaryInspection,
  DictionarySource,
  ImportRun,
  InspectDictionary,
} from '@featurescope/contracts';
import { type Db, insertRun } from '@featurescope/db';
import type { Store } from '@featurescope/store';
import { AppError } from '../../../app-error.ts';
import { type Queue, runQueue } from '../../../queue.ts';
import type { DictionarySummary } from '../../dictionary-child/messages.ts';
import type { RunService } from '../runs.ts';
import { listDictionaryDirectories, resolveDictionaryDirectory } from './dictionary-directories.ts';
import type { DictionaryDownloads, FetchedDictionary } from './dictionary-downloads.ts';
import { inspectionOf } from './dictionary-fit.ts';
import { openDictionary } from './dictionary-process.ts';
import type { DictionaryUploads } from './dictionary-uploads.ts';
import { importedRun } from './imported-run.ts';

/** Folders at the end of a directory's path that a hook is looked for in. */
const locationFolders = 4;

export interface DictionaryServiceOptions {
  db: Db;
  store: Store;
  queue: Queue;
  runs: RunService;
  uploads: DictionaryUploads;
  downloads: DictionaryDownloads;
  roots: string[];
}

interface Located {
  source: DictionarySource;
  directory: string;
  linksInto?: string;
  location: string;
  /** For people: a directory, names of files, or a place on the hub. */
  shown: string;
  hub?: FetchedDictionary['place'];
}

/** Other people's dictionaries: found, inspected, and imported as runs. */
export class DictionaryService {
  private readonly options: DictionaryServiceOptions;
  /** Dictionaries are read one at a time: each may fill memory. */
  private reading: Promise<unknown> = Promise.resolve();
  /** What was read last: while somebody tries one hook after the other, the files stay what they are. */
  private lastRead: { stamp: string; summary: DictionarySummary } | null = null;

  constructor(options: DictionaryServiceOptions) {
    this.options = options;
  }

  list(): Promise<DictionaryDirectoryList> {
    return listDictionaryDirectories(this.options.roots);
  }

  /** Throws AppError dictionary_invalid for files that are not a dictionary; what does not fit the model is in the answer. */
  async inspect({ modelId, source, hookName }: InspectDictionary): Promise<DictionaryInspection> {
    const model = await this.options.runs.findModel(modelId);
    const located = await this.locate(source);
    const summary = await this.inTurn(() => this.summaryOf(located));
    return { source: located.source, ...inspectionOf(summary, { model, hookName, location: located.location }) };
  }

  /** Reads, checks and stores the dictionary; inserts its run with the job that indexes it. Returns the run's id. Throws AppError
   *  when something does not fit; then nothing of it stays. */
  async import(request: ImportRun): Promise<string> {
    const { runs, store, db, queue, uploads } = this.options;
    const model = await runs.findModel(request.modelId);
    const dataset = await runs.findReadyDataset(request.datasetId);
    const located = await this.locate(request.source);
    const id = randomUUID();
    try {
      await this.inTurn(() =>
        openDictionary(located, async ({ summary, write }) => {
          const inspection = inspectionOf(summary, { model, hookName: request.hookName, location: located.location });
          const hookName = checkedHook(inspection, request.hookName);
          await write(store.dictionaryDirectory(id), { hookName, modelName: summary.metadata.modelName ?? model.name });
          const run = importedRun({
            id,
            request,
            model,
            dataset,
            summary,
            inspection,
            hookName,
            source: located.shown,
            hub: located.hub,
          });
          await db.prisma.$transaction((transaction) => insertRun(transaction, run, runQueue(queue).enqueue));
        }),
      );
    } catch (error) {
      await store.removeRun(id);
      throw error;
    }
    if (request.source.kind === 'upload') await uploads.remove(request.source.uploadId);
    return id;
  }

  private async summaryOf(located: Located): Promise<DictionarySummary> {
    const stamp = await stampOf(located.directory);
    if (this.lastRead?.stamp === stamp) return this.lastRead.summary;
    const summary = await openDictionary(located, async (dictionary) => dictionary.summary);
    this.lastRead = { stamp, summary };
    return summary;
  }

  private async locate(source: DictionarySource): Promise<Located> {
    const { roots, uploads, downloads } = this.options;
    if (source.kind === 'upload') {
      const { directory, location, names } = await uploads.open(source.uploadId);
      return { source, directory, location, shown: names.join(', ') };
    }
    if (source.kind === 'hub') {
      const { place, ...fetched } = await downloads.fetch(source);
      const location = [place.repo, place.path].filter((part) => part !== '').join('/');
      return { ...fetched, location, shown: `${location} on the hub, at ${place.commit}`, hub: place };
    }
    const directory = await resolveDictionaryDirectory(roots, source.path);
    const location = directory.split(path.sep).slice(-locationFolders).join('/');
    return { source, directory, location, shown: directory };
  }

  private inTurn<R>(work: () => Promise<R>): Promise<R> {
    const result = this.reading.then(work);
    this.reading = result.catch(() => {});
    return result;
  }
}

/** Changes whenever a file in the directory does, or a link leads elsewhere. */
async function stampOf(directory: string): Promise<string> {
  const names = (await readdir(directory)).sort();
  const stamps = names.map(async (name) => {
    const { size, mtimeMs, ino } = await lstat(path.join(directory, name));
    return `${name} ${size} ${mtimeMs} ${ino}`;
  });
  return [directory, ...(await Promise.all(stamps))].join('\n');
}

/** The hook to import at. Throws AppError with the first thing that stands against it. */
function checkedHook(
  { problems, suggestedHookName }: Pick<DictionaryInspection, 'problems' | 'suggestedHookName'>,
  asked: string | undefined,
): string {
  const [problem] = problems;
  const hookName = asked ?? suggestedHookName;
  if (problem) {
    const code = problem.field === 'hookName' ? 'unsupported_hook' : 'unprocessable';
    throw new AppError(code, problem.message, { field: problem.field });
  }
  if (hookName === null) throw new AppError('unsupported_hook', 'Choose a hook.', { field: 'hookName' });
  return hookName;
}
