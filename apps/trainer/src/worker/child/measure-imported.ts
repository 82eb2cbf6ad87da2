import { readRunForWork, updateRun } from '@featurescope/db';
import { ActivationStream } from '@featurescope/interp';
import type { LanguageModel } from '@featurescope/lm';
import type { SparseAutoencoder } from '@featurescope/sae';
import type { TokenCorpus } from '@featurescope/store';
import { evaluateRun } from './evaluate-run.ts';
import { prepareCorpus } from './prepare-corpus.ts';
import { type StageContext, tell } from './stage-context.ts';

/** For a dictionary that came with its files, what the train job does beside training: cuts the dataset into contexts, finds the norm
 *  above which rows are left out, and evaluates on held-out text. Each is kept once done, so that an attempt after this one goes on
 *  where this one stopped. Returns the context with the run as it is then. */
export async function measureImported(
  context: StageContext,
  { model, sae }: { model: LanguageModel; sae: SparseAutoencoder },
): Promise<StageContext> {
  const corpus = await prepareCorpus(context);
  try {
    const outlierNorm = await measuredOutlierNorm(context, { model, corpus });
    if (context.run.evaluation === null) {
      if (corpus.contextIndices('heldout').length > 0) await evaluateRun(context, { model, corpus, sae, outlierNorm });
      else tell(context, 'warning', 'No document was held out of this dataset, so the dictionary is not evaluated');
    }
  } finally {
    corpus.dispose();
  }
  return { ...context, run: await readRunForWork(context.db, context.run.id) };
}

/** As training measures it: on the first chunk of activations. */
async function measuredOutlierNorm(
  { run, writer, control }: StageContext,
  { model, corpus }: { model: LanguageModel; corpus: TokenCorpus },
): Promise<number> {
  const known = run.resolvedConfig as { outlierNorm?: number | null };
  if (known.outlierNorm !== undefined) return known.outlierNorm ?? Number.POSITIVE_INFINITY;
  const contextIndices = corpus.contextIndices('train');
  const stream = new ActivationStream({
    ...{ model, contextIndices, hookName: run.hookName, source: corpus, signal: control.signal },
    seed: run.seed,
    batchSize: 1,
  });
  await stream.peek(1);
  const { outlierNorm } = stream.cursor();
  await writer.write((transaction) =>
    updateRun(transaction, run.id, { resolvedConfig: { ...(run.resolvedConfig as object), outlierNorm } }),
  );
  return outlierNorm ?? Number.POSITIVE_INFINITY;
}
