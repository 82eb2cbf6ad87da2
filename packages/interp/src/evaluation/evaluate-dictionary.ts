import type { LanguageModel } from '@featurescope/lm';
import { ReconstructionMetrics, type SparseAutoencoder } from '@featurescope/sae';
import { specialTokenIds } from '../activations/excluded-rows.ts';
import { longestFirstInWindows, type ModelRows, modelRows } from '../activations/model-rows.ts';
import { type UsableRows, usableRows } from '../activations/usable-rows.ts';
import { InsufficientDataError } from '../errors.ts';
import type { ContextSource } from '../types.ts';
import type { EvaluationResult } from './evaluation-result.ts';
import { splicedMetrics } from './spliced-metrics.ts';

export interface EvaluateDictionaryOptions {
  model: LanguageModel;
  sae: SparseAutoencoder;
  hookName: string;
  source: ContextSource;
  /** Held-out contexts, in the order in which they are used. */
  contextIndices: Int32Array;
  /** Rows above this norm are left out, as in training. */
  outlierNorm: number;
  /** Reconstruction stops once it has seen so many usable rows. Default: all contexts. */
  maxTokens?: number;
  /** From there on, up to so many, rows are encoded only: for the dead share and the densities. Default: maxTokens. */
  maxFiringTokens?: number;
  /** Tokens for the spliced passes, from the front of the same contexts. Default 32,768. */
  maxSplicedTokens?: number;
  tokensPerForward?: number;
  signal?: AbortSignal;
  /** reconstruction counts to the larger of maxTokens and maxFiringTokens. */
  onProgress?(done: { stage: 'reconstruction' | 'spliced'; nTokens: number }): void;
}

const DEFAULT_SPLICED_TOKENS = 32_768;

/** Measures a dictionary on held-out text: reconstruction on many rows, and what the model says with the reconstruction in
 *  place on fewer. Holds one forward pass at a time. Throws InsufficientDataError without a usable row. */
export async function evaluateDictionary(options: EvaluateDictionaryOptions): Promise<EvaluationResult> {
  const reconstruction = await evaluateReconstruction(options);
  const { meanActivation, ...metrics } = reconstruction;
  const point = options.model.hookPoints.find(({ name }) => name === options.hookName);
  const contexts = upToTokens(
    options.source,
    options.contextIndices,
    options.maxSplicedTokens ?? DEFAULT_SPLICED_TOKENS,
  );
  const effect = point?.interventions
    ? await splicedMetrics(
        {
          ...options,
          meanActivation,
          onProgress: (nTokens) => options.onProgress?.({ stage: 'spliced', nTokens }),
        },
        longestFirstInWindows(options.source, contexts),
      )
    : { spliced: null, everyPosition: null };
  return { ...metrics, ...effect };
}

async function evaluateReconstruction(
  options: EvaluateDictionaryOptions,
): Promise<Omit<EvaluationResult, 'spliced' | 'everyPosition'> & { meanActivation: Float32Array }> {
  const { sae, source } = options;
  const special = specialTokenIds(options.model);
  const usableMetrics = new ReconstructionMetrics(sae.config);
  const allMetrics = new ReconstructionMetrics(sae.config);
  const excludedRows = { special: 0, outlierNorm: 0 };
  let sum = new Float64Array(0);
  let [nTokens, nFiringTokens] = [0, 0];
  const maxTokens = options.maxTokens ?? Number.POSITIVE_INFINITY;
  const maxFiringTokens = options.maxFiringTokens ?? maxTokens;
  for await (const pass of modelRows(options, longestFirstInWindows(source, options.contextIndices))) {
    const usable = usableRows(pass, special, options.outlierNorm);
    if (nTokens >= maxTokens) {
      if (usable.nRows > 0) usableMetrics.addFirings(sae.encodeSparse(usable.rows, usable.nRows));
      nFiringTokens += usable.nRows;
      options.onProgress?.({ stage: 'reconstruction', nTokens: nFiringTokens });
      if (nFiringTokens >= maxFiringTokens) break;
      continue;
    }
    if (sum.length === 0) sum = new Float64Array(pass.width);
    addRows(sum, usable);
    measure(sae, [usableMetrics, allMetrics], usable);
    measure(sae, [allMetrics], excludedRowsOf(pass, usable));
    excludedRows.special += usable.excluded.special;
    excludedRows.outlierNorm += usable.excluded.outlierNorm;
    nTokens += usable.nRows;
    nFiringTokens = nTokens;
    options.onProgress?.({ stage: 'reconstruction', nTokens });
    if (nTokens >= Math.max(maxTokens, maxFiringTokens)) break;
  }
  if (nTokens === 0) throw new InsufficientDataError('No held-out activations to evaluate on');
  return {
    ...usableMetrics.result(),
    fvuWithExcluded: allMetrics.result().fvu,
    excludedRows,
    meanActivation: Float32Array.from(sum, (value) => value / nTokens),
  };
}

function measure(
  sae: SparseAutoencoder,
  metrics: ReconstructionMetrics[],
  { rows, nRows }: { rows: Float32Array; nRows: number },
) {
  if (nRows === 0) return;
  const acts = sae.encodeSparse(rows, nRows);
  const reconstruction = sae.decode(acts, rows);
  for (const each of metrics) each.add(rows, reconstruction, acts);
}

function addRows(sum: Float64Array, { rows, nRows, width }: UsableRows): void {
  for (let row = 0; row < nRows; row++) for (let j = 0; j < width; j++) sum[j] += rows[row * width + j];
}

/** The special and outlying rows of a pass. */
function excludedRowsOf(pass: ModelRows, usable: UsableRows): { rows: Float32Array; nRows: number } {
  const nRows = usable.excluded.special + usable.excluded.outlierNorm;
  const rows = new Float32Array(nRows * pass.width);
  let filled = 0;
  for (let text = 0; text < pass.batch; text++) {
    const { rowStart, rowEnd } = usable.contexts[text];
    const kept = new Set(usable.positions.subarray(rowStart, rowEnd));
    for (let position = 0; position < pass.lengths[text]; position++) {
      if (kept.has(position)) continue;
      const from = (text * pass.seqLen + position) * pass.width;
      rows.set(pass.rows.subarray(from, from + pass.width), filled++ * pass.width);
    }
  }
  return { rows, nRows };
}

/** The contexts from the front that hold maxTokens together, at least one. */
function upToTokens(source: ContextSource, contextIndices: Int32Array, maxTokens: number): Int32Array {
  let tokens = 0;
  const end = contextIndices.findIndex((index) => {
    tokens += source.context(index).tokenIds.length;
    return tokens >= maxTokens;
  });
  return end === -1 ? contextIndices : contextIndices.subarray(0, end + 1);
}
