import { classifyRows, type ExcludedCounts, ROW_OUTLIER, ROW_SPECIAL, ROW_USABLE } from './excluded-rows.ts';
import type { ModelRows } from './model-rows.ts';

/** The rows of a forward pass that count as text, moved together; contexts keep their order, and so do rows within one. */
export interface UsableRows {
  /** [nRows, width] float32. */
  rows: Float32Array;
  nRows: number;
  width: number;
  /** Each context's rows are [rowStart, rowEnd). */
  contexts: { contextIndex: number; rowStart: number; rowEnd: number }[];
  /** [nRows], position of each row in its context. */
  positions: Uint16Array;
  excluded: ExcludedCounts;
}

/** outlierNorm: rows with a greater norm are left out and counted; Infinity keeps all. */
export function usableRows(pass: ModelRows, special: ReadonlySet<number>, outlierNorm: number): UsableRows {
  const kinds = classifyRows(pass, special, outlierNorm);
  const { width } = pass;
  const rows = new Float32Array(kinds.length * width);
  const positions = new Uint16Array(kinds.length);
  const excluded = { special: 0, outlierNorm: 0 };
  const contexts: UsableRows['contexts'] = [];
  let nRows = 0;
  for (let text = 0; text < pass.batch; text++) {
    const rowStart = nRows;
    for (let position = 0; position < pass.lengths[text]; position++) {
      const row = text * pass.seqLen + position;
      if (kinds[row] === ROW_SPECIAL) excluded.special++;
      else if (kinds[row] === ROW_OUTLIER) excluded.outlierNorm++;
      else if (kinds[row] === ROW_USABLE) {
        rows.set(pass.rows.subarray(row * width, (row + 1) * width), nRows * width);
        positions[nRows++] = position;
      }
    }
    contexts.push({ contextIndex: pass.contextIndices[text], rowStart, rowEnd: nRows });
  }
  return { rows: rows.subarray(0, nRows * width), nRows, width, contexts, positions, excluded };
}
