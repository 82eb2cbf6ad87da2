import type { Evaluation } from '@featurescope/contracts';
import { appendEvent, updateRun } from '@featurescope/db';
import { type EvaluationResult, evaluateDictionary } from '@featurescope/interp';
import type { LanguageModel } from '@featurescope/lm';
import { type DecoderHealth, decoderHealth, type SparseAutoencoder } from '@featurescope/sae';
import type { TokenCorpus } from '@featurescope/store';
import { enterStage, type StageContext, tell } from './stage-context.ts';

/** Held-out tokens behind the reconstruction figures, where there are that many. */
const maxTokens = 250_000;
/** Behind the dead share and the densities: rare latents need more. */
const maxFiringTokens = 1_000_000;
const maxSplicedTokens = 32_768;

export interface EvaluateRunOptions {
  model: LanguageModel;
  corpus: TokenCorpus;
  sae: SparseAutoencoder;
  outlierNorm: number;
}

/** Measures the dictionary on held-out text and stores the figures with the run. */
export async function evaluateRun(context: StageContext, options: EvaluateRunOptions): Promise<void> {
  const { run, writer, control } = context;
  const { model, corpus, sae, outlierNorm } = options;
  const contextIndices = corpus.contextIndices('heldout');
  const nTokens = Math.min(maxFiringTokens, corpus.header.nHeldOutTokens);
  const total = nTokens + Math.min(maxSplicedTokens, nTokens);
  const progress = await enterStage(context, { stage: 'evaluate', total, unit: 'tokens' });
  const result = await evaluateDictionary({
    ...{ model, sae, outlierNorm, contextIndices, maxTokens, maxFiringTokens, maxSplicedTokens },
    hookName: run.hookName,
    source: corpus,
    signal: control.signal,
    onProgress: ({ stage, nTokens: done }) => progress.report(stage === 'spliced' ? nTokens + done : done),
  });
  const health = await decoderHealth(sae.weights.wDec, sae.dOut, () => control.checkpoint());
  const evaluation = evaluationOf(result, health);
  await writer.write(async (transaction) => {
    await updateRun(transaction, run.id, { evaluation });
    await appendEvent(transaction, { kind: 'run', id: run.id }, { type: 'evaluation', payload: evaluation });
  });
  tell(
    context,
    'info',
    `Held-out FVU ${evaluation.fvu.toFixed(3)}, ${(100 * evaluation.deadShare).toFixed(1)}% of latents silent on ${evaluation.nFiringTokens} tokens`,
  );
}

export function evaluationOf(
  { spliced, ...metrics }: EvaluationResult,
  { maxCosines: _, ...health }: DecoderHealth,
): Evaluation {
  const { nTokens: nSplicedTokens, ...effect } = spliced ?? notSpliced;
  return { version: 2, ...metrics, ...effect, nSplicedTokens, decoderHealth: health };
}

/** At hooks that can be read but not changed. */
const notSpliced = {
  nTokens: 0,
  top1Agreement: null,
  ceClean: null,
  ceSpliced: null,
  ceZeroAblated: null,
  ceMeanAblated: null,
  ceRecoveredZero: null,
  ceRecoveredMean: null,
  deltaCe: null,
  nKlTokens: 0,
  kl: null,
};
