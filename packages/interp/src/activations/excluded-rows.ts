import type { LanguageModel } from '@featurescope/lm';
import type { ModelRows } from './model-rows.ts';

/** Rows this many times longer than the median row are attention sinks and the like: left in, they own the loss. */
const OUTLIER_NORM_FACTOR = 10;

export interface ExcludedCounts {
  /** Beginning- and end-of-text tokens. */
  special: number;
  /** Norm above OUTLIER_NORM_FACTOR × the median norm. */
  outlierNorm: number;
}

/** Ids that are no text: their rows are never trained on, indexed, steered or averaged over. */
export function specialTokenIds(model: Pick<LanguageModel, 'config'>): Set<number> {
  const { bosTokenId, eosTokenIds } = model.config;
  return new Set(bosTokenId === null ? eosTokenIds : [bosTokenId, ...eosTokenIds]);
}

/** Euclidean norm of row `row` of [*, width]. Accumulated in double precision. */
export function rowNorm(rows: Float32Array, row: number, width: number): number {
  let sum = 0;
  const end = (row + 1) * width;
  for (let j = row * width; j < end; j++) sum += rows[j] * rows[j];
  return Math.sqrt(sum);
}

/** The norm above which a row is an outlier: OUTLIER_NORM_FACTOR × the lower median of `norms`; Infinity for none. */
export function outlierNormOf(norms: ArrayLike<number>): number {
  if (norms.length === 0) return Number.POSITIVE_INFINITY;
  const sorted = Float64Array.from(norms).sort();
  return OUTLIER_NORM_FACTOR * sorted[(sorted.length - 1) >> 1];
}

export const ROW_USABLE = 0;
export const ROW_PADDING = 1;
export const ROW_SPECIAL = 2;
export const ROW_OUTLIER = 3;

/** Marks every row of a forward pass. Returns [batch·seqLen] of ROW_USABLE | ROW_PADDING | ROW_SPECIAL | ROW_OUTLIER. */
export function classifyRows(pass: ModelRows, special: ReadonlySet<number>, outlierNorm: number): Uint8Array {
  const kinds = new Uint8Array(pass.batch * pass.seqLen).fill(ROW_PADDING);
  for (let text = 0; text < pass.batch; text++) {
    const tokenIds = pass.contexts[text];
    for (let position = 0; position < tokenIds.length; position++) {
      const row = text * pass.seqLen + position;
      if (special.has(tokenIds[position])) kinds[row] = ROW_SPECIAL;
      else kinds[row] = rowNorm(pass.rows, row, pass.width) > outlierNorm ? ROW_OUTLIER : ROW_USABLE;
    }
  }
  return kinds;
}
