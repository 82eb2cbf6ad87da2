import { stat } from 'node:fs/promises';
import { totalmem } from 'node:os';
import path from 'node:path';
import { type Db, type RunForWork, readRunForWork } from '@featurescope/db';
import type { LanguageModel } from '@featurescope/lm';
import type { SparseAutoencoder } from '@featurescope/sae';
import type { Store } from '@featurescope/store';
import { AppError, notFound } from '../app-error.ts';
import { requireDictionary } from '../run/run-dictionary.ts';
import { requireSameModel } from '../run/same-model.ts';
import { Resident } from './resident.ts';
import type { ResidentModels } from './resident-models.ts';

/** A run's dictionary beside the model it was trained on, ready to use. */
export interface RunSubject {
  run: RunForWork;
  model: LanguageModel;
  sae: SparseAutoencoder;
  hookName: string;
}

/** Share of the machine's memory for dictionaries that stay loaded. */
const memoryShare = 0.25;

/** Dictionaries beside their models, kept loaded between requests. */
export class RunSubjects {
  private readonly dictionaries = new Resident<SparseAutoencoder>(totalmem() * memoryShare);
  private readonly db: Db;
  private readonly store: Store;
  private readonly models: ResidentModels;

  constructor({ db, store, models }: { db: Db; store: Store; models: ResidentModels }) {
    this.db = db;
    this.store = store;
    this.models = models;
  }

  /** Throws AppError: not_found, or conflict for a run without a dictionary; ModelChangedError. */
  async use<R>(runId: string, work: (subject: RunSubject) => Promise<R>): Promise<R> {
    const run = await readRunForWork(this.db, runId).catch(() => null);
    if (run === null) throw notFound('run', runId);
    requireSameModel(run);
    const stamp = await this.dictionaryStamp(runId);
    const loadDictionary = async () => {
      const value = await requireDictionary(this.store, runId);
      const { dModel, nLatents } = value.config;
      // Encoder and decoder, as arrays and as tensors.
      return { value, sizeBytes: 4 * 4 * dModel * nLatents, dispose: () => value.dispose() };
    };
    const useDictionary = (model: LanguageModel) =>
      this.dictionaries.use(`${runId} ${stamp}`, loadDictionary, (sae) =>
        work({ run, model, sae, hookName: run.hookName }),
      );
    return this.models.use(run.model, useDictionary, [run.hookName]);
  }

  dispose(): Promise<void> {
    return this.dictionaries.dispose();
  }

  /** Changes when the dictionary is written again. */
  private async dictionaryStamp(runId: string): Promise<number> {
    const file = path.join(this.store.dictionaryDirectory(runId), 'cfg.json');
    try {
      return (await stat(file)).mtimeMs;
    } catch {
      const message = `Run "${runId}" has no dictionary yet. Wait until its training is done.`;
      throw new AppError('conflict', message);
    }
  }
}
