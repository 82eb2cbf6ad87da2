import { type ExcludedCounts, outlierNormOf, rowNorm, specialTokenIds } from './excluded-rows.ts';
import { longestFirst, type ModelRowsOptions, modelRows } from './model-rows.ts';
import { usableRows } from './usable-rows.ts';

/** Activations of a list of contexts, excluded rows left out. */
export interface ActivationChunk {
  /** [nRows, width] at the front; the rest of the buffer is unused. */
  rows: Float32Array;
  nRows: number;
  excluded: ExcludedCounts;
  /** The limit that was applied. */
  outlierNorm: number;
}

/** Runs the contexts and keeps the usable rows, longest contexts first so that little padding is computed.
 *  outlierNorm null: it is measured on these rows, special tokens left out, before any is dropped. */
export async function harvestChunk(
  options: ModelRowsOptions,
  contexts: Int32Array,
  outlierNorm: number | null,
): Promise<ActivationChunk> {
  const special = specialTokenIds(options.model);
  const excluded = { special: 0, outlierNorm: 0 };
  let rows = new Float32Array(0);
  let nRows = 0;
  let width = 0;
  for await (const pass of modelRows(options, longestFirst(options.source, contexts))) {
    width = pass.width;
    if (rows.length === 0) rows = new Float32Array(totalTokens(options, contexts) * width);
    const usable = usableRows(pass, special, outlierNorm ?? Number.POSITIVE_INFINITY);
    rows.set(usable.rows, nRows * width);
    nRows += usable.nRows;
    excluded.special += usable.excluded.special;
    excluded.outlierNorm += usable.excluded.outlierNorm;
  }
  if (outlierNorm !== null) return { rows, nRows, excluded, outlierNorm };
  const limit = outlierNormOf(Float64Array.from({ length: nRows }, (_, row) => rowNorm(rows, row, width)));
  const kept = dropOutliers(rows, nRows, { width, limit });
  return { rows, nRows: kept, excluded: { ...excluded, outlierNorm: nRows - kept }, outlierNorm: limit };
}

/** Moves the rows within the limit to the front, in order. Returns how many there are. */
export function dropOutliers(rows: Float32Array, nRows: number, rule: { width: number; limit: number }): number {
  let kept = 0;
  for (let row = 0; row < nRows; row++) {
    if (rowNorm(rows, row, rule.width) > rule.limit) continue;
    if (kept < row) rows.copyWithin(kept * rule.width, row * rule.width, (row + 1) * rule.width);
    kept++;
  }
  return kept;
}

function totalTokens(options: ModelRowsOptions, contexts: Int32Array): number {
  let total = 0;
  for (const index of contexts) total += options.source.context(index).tokenIds.length;
  return total;
}
