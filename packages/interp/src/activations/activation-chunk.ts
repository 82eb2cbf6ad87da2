import type { ContextSource } from '../types.ts';
import { type ExcludedCounts, outlierNormOf, rowNorm, specialTokenIds } from './excluded-rows.ts';
import { longestFirst, type ModelRowsOptions, modelRows } from './model-rows.ts';
import { type UsableRows, usableRows } from './usable-rows.ts';

/** Rows to train on, excluded ones left out. */
export interface ActivationChunk {
  /** [nRows, width] at the front; the rest of the buffer is unused. */
  rows: Float32Array;
  nRows: number;
  excluded: ExcludedCounts;
  /** The limit that was applied. */
  outlierNorm: number;
}

/** A chunk that knows where its rows come from. */
export interface HarvestedChunk extends ActivationChunk, UsableRows {}

/** Runs the contexts and keeps the usable rows, longest contexts first so that little padding is computed.
 *  outlierNorm null: it is measured on these rows, special tokens left out, before any is dropped. */
export async function harvestChunk(
  options: ModelRowsOptions,
  contexts: Int32Array,
  outlierNorm: number | null,
): Promise<HarvestedChunk> {
  const special = specialTokenIds(options.model);
  const nTokens = totalTokens(options.source, contexts);
  const chunk: HarvestedChunk = {
    rows: new Float32Array(0),
    nRows: 0,
    width: 0,
    contexts: [],
    positions: new Uint16Array(nTokens),
    excluded: { special: 0, outlierNorm: 0 },
    outlierNorm: outlierNorm ?? Number.POSITIVE_INFINITY,
  };
  for await (const pass of modelRows(options, longestFirst(options.source, contexts))) {
    if (chunk.width === 0) {
      chunk.width = pass.width;
      chunk.rows = new Float32Array(nTokens * pass.width);
    }
    append(chunk, usableRows(pass, special, chunk.outlierNorm));
  }
  if (outlierNorm !== null) return chunk;
  const { rows, nRows, width } = chunk;
  const limit = outlierNormOf(Float64Array.from({ length: nRows }, (_, row) => rowNorm(rows, row, width)));
  dropOutliers(chunk, limit);
  return { ...chunk, outlierNorm: limit };
}

function append(chunk: HarvestedChunk, usable: UsableRows): void {
  const start = chunk.nRows;
  chunk.rows.set(usable.rows, start * chunk.width);
  chunk.positions.set(usable.positions.subarray(0, usable.nRows), start);
  for (const { contextIndex, rowStart, rowEnd } of usable.contexts)
    chunk.contexts.push({ contextIndex, rowStart: start + rowStart, rowEnd: start + rowEnd });
  chunk.nRows += usable.nRows;
  chunk.excluded.special += usable.excluded.special;
  chunk.excluded.outlierNorm += usable.excluded.outlierNorm;
}

/** Moves the rows within the limit to the front, in order, and counts the others. */
export function dropOutliers(chunk: HarvestedChunk, limit: number): void {
  const { rows, positions, width } = chunk;
  let kept = 0;
  for (const context of chunk.contexts) {
    const { rowStart, rowEnd } = context;
    context.rowStart = kept;
    for (let row = rowStart; row < rowEnd; row++) {
      if (rowNorm(rows, row, width) > limit) continue;
      if (kept < row) {
        rows.copyWithin(kept * width, row * width, (row + 1) * width);
        positions[kept] = positions[row];
      }
      kept++;
    }
    context.rowEnd = kept;
  }
  chunk.excluded.outlierNorm += chunk.nRows - kept;
  chunk.nRows = kept;
}

/** Tokens of the contexts together. */
export function totalTokens(source: ContextSource, contexts: Int32Array): number {
  let total = 0;
  for (const index of contexts) total += source.context(index).tokenIds.length;
  return total;
}
