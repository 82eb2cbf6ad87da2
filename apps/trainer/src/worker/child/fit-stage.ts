import type { Decomposition } from '@featurescope/contracts';
import { updateRun } from '@featurescope/db';
import { SparseAutoencoder } from '@featurescope/sae';
import type { TokenCorpus } from '@featurescope/store';
import { readRunDictionary, writeRunDictionary } from '../../run/run-dictionary.ts';
import { outlierNormOf } from '../../run/run-training-config.ts';
import { requireSameModel } from '../../run/same-model.ts';
import type { StageOutcome } from '../stage-outcome.ts';
import { soleReader } from './activation-readers.ts';
import { evaluateRun } from './evaluate-run.ts';
import { fitDecomposition } from './fit/fit-decomposition.ts';
import { FitRows } from './fit/fit-rows.ts';
import { LazyModel } from './lazy-model.ts';
import { openActivations } from './open-activations.ts';
import { prepareCorpus } from './prepare-corpus.ts';
import { enterStage, type StageContext, tell } from './stage-context.ts';

/** The job `train` of a fitted run: fits the decomposition on a sample of activations, stores it as a dictionary and evaluates that.
 *  Fitting has no checkpoints: interrupted, it begins anew, and finds the same, for rows and starts depend on the seed alone. Once its
 *  result is stored, an attempt after this one goes on with the evaluation. */
export async function fitStage(context: StageContext): Promise<StageOutcome> {
  const { run, store } = context;
  requireSameModel(run);
  const corpus = await prepareCorpus(context);
  const model = new LazyModel(run.model.directory, run.hookName);
  try {
    const known = (run.decomposition as Decomposition | null)?.result ?? null;
    const stored = known && (await readRunDictionary(store, run.id));
    const { sae, outlierNorm } = stored
      ? { sae: stored, outlierNorm: outlierNormOf(run) }
      : await fit(context, { corpus, model });
    try {
      await evaluateRun(context, { model: await model.load(), corpus, sae, outlierNorm });
    } finally {
      sae.dispose();
    }
    return { type: 'finished', changes: {} };
  } finally {
    await model.dispose();
    corpus.dispose();
  }
}

async function fit(
  context: StageContext,
  { corpus, model }: { corpus: TokenCorpus; model: LazyModel },
): Promise<{ sae: SparseAutoencoder; outlierNorm: number }> {
  const { run, store, writer } = context;
  const { request } = run.decomposition as Decomposition;
  await enterStage(context, { stage: 'fit', total: request.nTokens, unit: 'tokens' });
  const stream = await openActivations(soleReader(context), { model, corpus, cursor: undefined });
  // Measured on the first rows, also where none are used.
  await stream.peek(1);
  const outlierNorm = stream.cursor().outlierNorm ?? Number.POSITIVE_INFINITY;
  const rows = new FitRows(context, { stream, corpus, nTokens: request.nTokens });
  const { fitted, result } = await fitDecomposition(context, { request, rows, corpus, model, outlierNorm });
  await writeRunDictionary(store, run, fitted);
  const { special, outlierNorm: nOutliers } = stream.counts();
  await writer.write((transaction) =>
    updateRun(transaction, run.id, {
      decomposition: { request, result },
      resolvedConfig: { ...(run.resolvedConfig as object), outlierNorm: stream.cursor().outlierNorm },
      excludedRows: { bos: special, outlierNorm: nOutliers },
    }),
  );
  if (result.nRows > 0) tell(context, 'info', `Fitted on ${result.nRows.toLocaleString('en-US')} activations`);
  return { sae: new SparseAutoencoder(fitted.config, fitted.weights), outlierNorm };
}
