import { type LanguageModel, padTexts } from '@featurescope/lm';
import type { SparseAutoencoder } from '@featurescope/sae';
import { classifyRows, ROW_PADDING, ROW_USABLE, specialTokenIds } from '../activations/excluded-rows.ts';
import { type ModelRows, type ModelRowsOptions, modelRows } from '../activations/model-rows.ts';
import { InsufficientDataError } from '../errors.ts';
import type { EveryPositionMetrics, SplicedMetrics } from './evaluation-result.ts';
import { addScores, emptySums, type NextTokenSums } from './next-token-sums.ts';

export interface SplicedOptions extends Omit<ModelRowsOptions, 'model'> {
  model: LanguageModel;
  sae: SparseAutoencoder;
  outlierNorm: number;
  /** [dModel], what mean ablation writes. */
  meanActivation: Float32Array;
  onProgress?(nTokens: number): void;
}

/** What is written at a position. */
type Replacement = 'own' | 'reconstruction' | 'zero' | 'mean';

/** Passes through the rest of the model. everywhere: special positions and rows of outlying norm are replaced too, and count. */
const passes = {
  clean: { writes: 'own', everywhere: false },
  spliced: { writes: 'reconstruction', everywhere: false },
  zero: { writes: 'zero', everywhere: false },
  mean: { writes: 'mean', everywhere: false },
  splicedEverywhere: { writes: 'reconstruction', everywhere: true },
  zeroEverywhere: { writes: 'zero', everywhere: true },
} as const satisfies Record<string, { writes: Replacement; everywhere: boolean }>;
type Pass = keyof typeof passes;

/** Runs the rest of the model from the hook with its own activations, with the reconstruction in their place, with zeros and with
 *  their mean. Special positions and rows of outlying norm keep their own activations and are left out of the means; beside that,
 *  for comparison, SAELens' convention, which touches and counts every position. Source: algorithms.md §2. */
export async function splicedMetrics(
  options: SplicedOptions,
  contextIndices: Iterable<number>,
): Promise<{ spliced: SplicedMetrics; everyPosition: EveryPositionMetrics }> {
  const special = specialTokenIds(options.model);
  const names = Object.keys(passes) as Pass[];
  const sums = Object.fromEntries(names.map((name) => [name, emptySums()])) as Record<Pass, NextTokenSums>;
  const cleanEverywhere = emptySums();
  for await (const pass of modelRows(options, contextIndices)) {
    const kinds = classifyRows(pass, special, options.outlierNorm);
    const isUsable = kinds.map((kind) => (kind === ROW_USABLE ? 1 : 0));
    const isText = kinds.map((kind) => (kind === ROW_PADDING ? 0 : 1));
    const reconstruction = reconstructed(options.sae, pass, isText);
    const batch = padTexts(pass.contexts);
    const { model, hookName, signal } = options;
    let reference: Float32Array | undefined;
    for (const name of names) {
      const { writes, everywhere } = passes[name];
      const isScored = everywhere ? isText : isUsable;
      const residual = await model.finalResidual(batch, {
        from: { hookName, residual: replacedRows(pass, writes, { where: isScored, reconstruction, ...options }) },
        signal,
      });
      const compared = writes === 'reconstruction' ? { reference } : {};
      const scores = await model.scoreNextTokens(residual, batch, { ...compared, signal });
      addScores(sums[name], scores, { batch, isScored });
      if (name === 'clean') addScores(cleanEverywhere, scores, { batch, isScored: isText });
      reference ??= residual;
    }
    options.onProgress?.(sums.clean.nTokens);
  }
  if (sums.clean.nTokens === 0) throw new InsufficientDataError('No position to evaluate the spliced model on');
  const {
    ceMeanAblated: _,
    ceRecoveredMean: __,
    ...everyPosition
  } = summarise({
    clean: cleanEverywhere,
    spliced: sums.splicedEverywhere,
    zero: sums.zeroEverywhere,
    mean: sums.mean,
  });
  return { spliced: summarise(sums), everyPosition };
}

/** Every row of the pass as the dictionary rebuilds it, [batch · seqLen, width]; padding stays 0. */
function reconstructed(sae: SparseAutoencoder, pass: ModelRows, isText: Uint8Array): Float32Array {
  const { width } = pass;
  const places = Array.from(isText.keys()).filter((row) => isText[row] === 1);
  const rows = new Float32Array(places.length * width);
  places.forEach((row, j) => {
    rows.set(pass.rows.subarray(row * width, (row + 1) * width), j * width);
  });
  const decoded = sae.decode(sae.encodeSparse(rows, places.length), rows);
  const result = new Float32Array(pass.rows.length);
  places.forEach((row, j) => {
    result.set(decoded.subarray(j * width, (j + 1) * width), row * width);
  });
  return result;
}

function replacedRows(
  { rows, width }: ModelRows,
  writes: Replacement,
  by: { where: Uint8Array; reconstruction: Float32Array; meanActivation: Float32Array },
): Float32Array {
  if (writes === 'own') return rows;
  const result = rows.slice();
  by.where.forEach((isReplaced, row) => {
    if (isReplaced === 0) return;
    const [start, end] = [row * width, (row + 1) * width];
    if (writes === 'reconstruction') result.set(by.reconstruction.subarray(start, end), start);
    else if (writes === 'mean') result.set(by.meanActivation, start);
    else result.fill(0, start, end);
  });
  return result;
}

function summarise(sums: Record<'clean' | 'spliced' | 'zero' | 'mean', NextTokenSums>): SplicedMetrics {
  const mean = ({ crossEntropy, nTokens }: NextTokenSums) => crossEntropy / nTokens;
  const [ceClean, ceSpliced] = [mean(sums.clean), mean(sums.spliced)];
  const [ceZeroAblated, ceMeanAblated] = [mean(sums.zero), mean(sums.mean)];
  const recovered = (ceAblated: number) =>
    ceAblated > ceClean ? (ceAblated - ceSpliced) / (ceAblated - ceClean) : null;
  const { nTokens } = sums.clean;
  const { nCompared, kl, agreements } = sums.spliced;
  return {
    nTokens,
    ceClean,
    ceSpliced,
    ceZeroAblated,
    ceMeanAblated,
    ceRecoveredZero: recovered(ceZeroAblated),
    ceRecoveredMean: recovered(ceMeanAblated),
    deltaCe: ceSpliced - ceClean,
    nKlTokens: nCompared,
    kl: kl / nCompared,
    top1Agreement: agreements / nCompared,
  };
}
