import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ModelProgress, ModelSource } from '@featurescope/contracts';
import {
  completeModel,
  type Db,
  failModel,
  findModel,
  type ModelRow,
  recordModelProgress,
  unfinishedModelIds,
} from '@featurescope/db';
import type { HubClient, HubFile, HubListing } from '@featurescope/hub';
import type { Log } from '../../log.ts';
import { findHubGguf } from './hub-gguf.ts';
import { failureMessage } from './model-errors.ts';
import { listModelFiles, readModelContents } from './model-files.ts';
import type { ModelLocation } from './model-roots.ts';
import { neededFiles } from './model-sources.ts';
import { sourceOf } from './model-view.ts';

const progressEveryMs = 500;

export interface ModelAdderOptions {
  db: Db;
  log: Log;
  roots: string[];
  hub: HubClient;
}

/** Makes models ready that are being added: fetches what is missing and reads all of it once. What was begun stands in the
 *  database, so that it goes on after a restart. */
export class ModelAdder {
  private readonly options: ModelAdderOptions;
  private readonly working = new Map<string, { abort: AbortController; done: Promise<void> }>();

  constructor(options: ModelAdderOptions) {
    this.options = options;
  }

  /** Takes up what was under way when the server stopped. */
  async resume(): Promise<void> {
    for (const id of await unfinishedModelIds(this.options.db)) this.start(id);
  }

  start(id: string): void {
    if (this.working.has(id)) return;
    const abort = new AbortController();
    const done = this.add(id, abort.signal).finally(() => this.working.delete(id));
    this.working.set(id, { abort, done });
  }

  /** Resolves when nothing works on the model any more; its row stays as it is. */
  async stop(id: string): Promise<void> {
    const work = this.working.get(id);
    work?.abort.abort();
    await work?.done;
  }

  async close(): Promise<void> {
    await Promise.all([...this.working.keys()].map((id) => this.stop(id)));
  }

  private async add(id: string, signal: AbortSignal): Promise<void> {
    const { db, log } = this.options;
    try {
      const row = await findModel(db, id);
      if (row === null) return;
      const { licence: _, ...contents } = await this.prepare(row, signal);
      if (await completeModel(db, id, contents)) log.info({ modelId: id }, 'model added');
    } catch (error) {
      if (signal.aborted) return;
      const message = failureMessage(error);
      if (message === null) log.error({ err: error, modelId: id }, 'model could not be added');
      await failModel(db, id, message ?? 'Something failed on the server; its log says what. Try again.').catch(
        (failure) => log.error({ err: failure, modelId: id }, 'could not record that a model failed'),
      );
    }
  }

  private async prepare(row: ModelRow, signal: AbortSignal) {
    const { location, roots } = await this.locate(row, signal);
    const files = await listModelFiles(location, roots);
    const totalBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
    const progress: ModelProgress = { phase: 'check', doneBytes: 0, totalBytes };
    const onBytes = count(progress);
    return this.withProgress(row.id, progress, signal, () => readModelContents(location, files, { signal, onBytes }));
  }

  /** Where the model's files are, once all of them are there. */
  private async locate(row: ModelRow, signal: AbortSignal): Promise<{ location: ModelLocation; roots: string[] }> {
    const { hub, roots } = this.options;
    const source = sourceOf(row);
    if (source.kind !== 'hub') return { location: { kind: source.kind, path: row.directory }, roots };
    const { listing, files } = await listNeeded(source, hub, signal);
    const totalBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
    const progress: ModelProgress = { phase: 'download', doneBytes: 0, totalBytes };
    const onBytes = count(progress);
    await this.withProgress(row.id, progress, signal, () => hub.fetch(listing, files, { signal, onBytes }));
    const { root, directory } = hub.snapshot(listing);
    const location: ModelLocation =
      source.path === undefined
        ? { kind: 'directory', path: directory }
        : { kind: 'gguf', path: path.join(directory, source.path) };
    return { location, roots: [root] };
  }

  /** Records the progress while the work goes on, as often as people can follow. */
  private async withProgress<T>(
    id: string,
    progress: ModelProgress,
    signal: AbortSignal,
    work: () => Promise<T>,
  ): Promise<T> {
    const finished = new AbortController();
    const reporting = (async () => {
      let told = -1;
      while (!finished.signal.aborted && !signal.aborted) {
        if (progress.doneBytes !== told) await recordModelProgress(this.options.db, id, { ...progress });
        told = progress.doneBytes;
        await sleep(progressEveryMs, undefined, { signal: finished.signal }).catch(() => {});
      }
    })();
    try {
      return await work();
    } finally {
      finished.abort();
      await reporting.catch((error) => this.options.log.warn({ err: error, modelId: id }, 'progress was not recorded'));
    }
  }
}

async function listNeeded(
  { repo, revision = 'main', path: ggufPath }: Extract<ModelSource, { kind: 'hub' }>,
  hub: HubClient,
  signal: AbortSignal,
): Promise<{ listing: HubListing; files: HubFile[] }> {
  if (ggufPath !== undefined) {
    const { listing, file } = await findHubGguf({ repo, revision, path: ggufPath }, { hub, signal });
    return { listing, files: [file] };
  }
  const listing = await hub.list(repo, revision, { signal });
  return { listing, files: await neededFiles(listing, hub) };
}

const count = (progress: ModelProgress) => (nBytes: number) => {
  progress.doneBytes += nBytes;
};
