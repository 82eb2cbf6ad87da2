import { type Db, type RunForWork, readRunForWork } from '@featurescope/db';
import { InsufficientDataError } from '@featurescope/interp';
import { type LanguageModel, loadModel } from '@featurescope/lm';
import type { SparseAutoencoder } from '@featurescope/sae';
import { type Store, TokenCorpus } from '@featurescope/store';
import { requireDictionary } from '../../run/run-dictionary.ts';
import { requireSameModel } from '../../run/same-model.ts';

/** A run's dictionary, model and text, open. */
export interface AnalysedRun {
  run: RunForWork;
  sae: SparseAutoencoder;
  model: LanguageModel;
  corpus: TokenCorpus;
}

/** Opens a run to read text through its model and dictionary; closes it when the work is done. */
export async function withAnalysedRun<R>(
  { db, store }: { db: Db; store: Store },
  runId: string,
  work: (analysed: AnalysedRun) => Promise<R>,
): Promise<R> {
  const run = await readRunForWork(db, runId);
  requireSameModel(run);
  if (run.corpusId === null)
    throw new InsufficientDataError(`Run ${runId} has no tokenised text yet. Wait until its features are indexed.`);
  const sae = await requireDictionary(store, runId);
  const corpus = TokenCorpus.open(store.corpusDirectory(run.corpusId));
  const model = await loadModel(run.model.directory, { hooks: [run.hookName] });
  try {
    return await work({ run, sae, model, corpus });
  } finally {
    await model.dispose();
    sae.dispose();
    corpus.dispose();
  }
}
