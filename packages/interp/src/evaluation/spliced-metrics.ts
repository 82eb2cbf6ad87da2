import { type LanguageModel, padTexts } from '@featurescope/lm';
import type { SparseAutoencoder } from '@featurescope/sae';
import { classifyRows, ROW_USABLE, specialTokenIds } from '../activations/excluded-rows.ts';
import { type ModelRows, type ModelRowsOptions, modelRows } from '../activations/model-rows.ts';
import { usableRows } from '../activations/usable-rows.ts';
import { InsufficientDataError } from '../errors.ts';
import type { SplicedMetrics } from './evaluation-result.ts';
import { addScores, emptySums } from './next-token-sums.ts';

export interface SplicedOptions extends Omit<ModelRowsOptions, 'model'> {
  model: LanguageModel;
  sae: SparseAutoencoder;
  outlierNorm: number;
  /** [dModel], what mean ablation writes. */
  meanActivation: Float32Array;
  onProgress?(nTokens: number): void;
}

const variants = ['clean', 'spliced', 'zero', 'mean'] as const;

/** Runs the rest of the model four times from the hook: with its own activations, with the reconstruction in their place, with
 *  zeros and with their mean. Special positions and rows of outlying norm keep their own activations in every pass and are
 *  left out of the means. Source: algorithms.md §2. */
export async function splicedMetrics(
  options: SplicedOptions,
  contextIndices: Iterable<number>,
): Promise<SplicedMetrics> {
  const special = specialTokenIds(options.model);
  const sums = { clean: emptySums(), spliced: emptySums(), zero: emptySums(), mean: emptySums() };
  for await (const pass of modelRows(options, contextIndices)) {
    const kinds = classifyRows(pass, special, options.outlierNorm);
    const isSpliced = kinds.map((kind) => (kind === ROW_USABLE ? 1 : 0));
    const batch = padTexts(pass.contexts);
    const { model, hookName, signal } = options;
    let reference: Float32Array | undefined;
    for (const variant of variants) {
      const residual = await model.finalResidual(batch, {
        from: { hookName, residual: replacedRows(options, pass, { variant, isSpliced, special }) },
        signal,
      });
      const scores = await model.scoreNextTokens(residual, batch, {
        reference: variant === 'spliced' ? reference : undefined,
        signal,
      });
      addScores(sums[variant], scores, { batch, isSpliced });
      reference ??= residual;
    }
    options.onProgress?.(sums.clean.nTokens);
  }
  if (sums.clean.nTokens === 0) throw new InsufficientDataError('No position to evaluate the spliced model on');
  return summarise(sums);
}

function replacedRows(
  options: SplicedOptions,
  pass: ModelRows,
  how: { variant: (typeof variants)[number]; isSpliced: Uint8Array; special: ReadonlySet<number> },
): Float32Array {
  if (how.variant === 'clean') return pass.rows;
  const { width } = pass;
  const result = pass.rows.slice();
  const usable = usableRows(pass, how.special, options.outlierNorm);
  const reconstruction =
    how.variant === 'spliced'
      ? options.sae.decode(options.sae.encodeSparse(usable.rows, usable.nRows), usable.rows)
      : null;
  let next = 0;
  for (let row = 0; row < how.isSpliced.length; row++) {
    if (how.isSpliced[row] === 0) continue;
    if (reconstruction) result.set(reconstruction.subarray(next * width, (next + 1) * width), row * width);
    else if (how.variant === 'mean') result.set(options.meanActivation, row * width);
    else result.fill(0, row * width, (row + 1) * width);
    next++;
  }
  return result;
}

function summarise(sums: Record<(typeof variants)[number], ReturnType<typeof emptySums>>): SplicedMetrics {
  const { nTokens } = sums.clean;
  const [ceClean, ceSpliced, ceZeroAblated, ceMeanAblated] = variants.map(
    (variant) => sums[variant].crossEntropy / nTokens,
  );
  const recovered = (ceAblated: number) =>
    ceAblated > ceClean ? (ceAblated - ceSpliced) / (ceAblated - ceClean) : null;
  return {
    nTokens,
    ceClean,
    ceSpliced,
    ceZeroAblated,
    ceMeanAblated,
    ceRecoveredZero: recovered(ceZeroAblated),
    ceRecoveredMean: recovered(ceMeanAblated),
    deltaCe: ceSpliced - ceClean,
    kl: sums.spliced.kl / nTokens,
    top1Agreement: sums.spliced.agreements / nTokens,
  };
}
