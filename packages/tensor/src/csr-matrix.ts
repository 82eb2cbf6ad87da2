import { nthLargest } from './nth-largest.ts';

/** A sparse matrix in compressed-row form, on the host. Row r owns entries rowOffsets[r] ≤ e < rowOffsets[r + 1];
 *  `columns` ascend within a row. Explicit zeros are allowed. */
export interface CsrMatrix {
  nRows: number;
  nColumns: number;
  /** [nRows + 1] */
  rowOffsets: Int32Array;
  /** [nEntries] */
  columns: Int32Array;
  /** [nEntries] */
  values: Float32Array;
}

/** The transpose, and for each of its entries the position the entry had before: `values[i] = matrix.values[from[i]]`,
 *  so that other values on the same pattern can be transposed by a gather. One counting sort; columns come out ascending. */
export function transposeCsr(matrix: CsrMatrix): { transposed: CsrMatrix; from: Int32Array } {
  const { nRows, nColumns, rowOffsets, columns, values } = matrix;
  const offsets = new Int32Array(nColumns + 1);
  for (let e = 0; e < columns.length; e++) offsets[columns[e] + 1]++;
  for (let c = 0; c < nColumns; c++) offsets[c + 1] += offsets[c];
  const next = offsets.slice(0, nColumns);
  const from = new Int32Array(columns.length);
  const rows = new Int32Array(columns.length);
  for (let r = 0; r < nRows; r++) {
    for (let e = rowOffsets[r]; e < rowOffsets[r + 1]; e++) {
      const at = next[columns[e]]++;
      from[at] = e;
      rows[at] = r;
    }
  }
  return {
    transposed: {
      nRows: nColumns,
      nColumns: nRows,
      rowOffsets: offsets,
      columns: rows,
      values: gatherValues(values, from),
    },
    from,
  };
}

/** values[from[i]] for every i. */
export function gatherValues(values: Float32Array, from: Int32Array): Float32Array {
  const gathered = new Float32Array(from.length);
  for (let i = 0; i < from.length; i++) gathered[i] = values[from[i]];
  return gathered;
}

/** A matrix with the same number of entries in every row, from entries in any order within a row.
 *  indices, values: [nRows, perRow]. Rows of ascending columns come from sorting (indices are distinct within a row). */
export function csrFromRows(
  entries: { indices: Int32Array; values: Float32Array },
  shape: { nRows: number; nColumns: number; perRow: number },
): CsrMatrix {
  const { nRows, nColumns, perRow } = shape;
  const rowOffsets = new Int32Array(nRows + 1);
  for (let r = 0; r < nRows; r++) rowOffsets[r + 1] = rowOffsets[r] + perRow;
  const unsorted = { nRows, nColumns, rowOffsets, columns: entries.indices, values: entries.values };
  // Two counting sorts are linear in the entries, and beat sorting each short row by comparison.
  return transposeCsr(transposeCsr(unsorted).transposed).transposed;
}

/** Matrices with as many columns each, one below the other. */
export function stackRows(matrices: CsrMatrix[]): CsrMatrix {
  if (matrices.length === 1) return matrices[0];
  const nRows = matrices.reduce((sum, matrix) => sum + matrix.nRows, 0);
  const nEntries = matrices.reduce((sum, matrix) => sum + matrix.columns.length, 0);
  const stacked: CsrMatrix = {
    nRows,
    nColumns: matrices[0].nColumns,
    rowOffsets: new Int32Array(nRows + 1),
    columns: new Int32Array(nEntries),
    values: new Float32Array(nEntries),
  };
  let row = 0;
  let entry = 0;
  for (const matrix of matrices) {
    stacked.columns.set(matrix.columns, entry);
    stacked.values.set(matrix.values, entry);
    for (let r = 1; r <= matrix.nRows; r++) stacked.rowOffsets[row + r] = entry + matrix.rowOffsets[r];
    row += matrix.nRows;
    entry += matrix.columns.length;
  }
  return stacked;
}

/** The n largest entries of a matrix, all of them where it has no more; of equal ones those at the lower row, then column. */
export function keepLargest(matrix: CsrMatrix, n: number): CsrMatrix {
  const { nRows, nColumns, rowOffsets, columns, values } = matrix;
  if (values.length <= n) return matrix;
  const least = nthLargest(values, n);
  let nEqual = n;
  for (let e = 0; e < values.length; e++) if (values[e] > least) nEqual--;
  const kept: CsrMatrix = {
    nRows,
    nColumns,
    rowOffsets: new Int32Array(nRows + 1),
    columns: new Int32Array(n),
    values: new Float32Array(n),
  };
  let at = 0;
  for (let r = 0; r < nRows; r++) {
    for (let e = rowOffsets[r]; e < rowOffsets[r + 1]; e++) {
      const value = values[e];
      if (!(value > least) && !(value === least && nEqual-- > 0)) continue;
      kept.columns[at] = columns[e];
      kept.values[at++] = value;
    }
    kept.rowOffsets[r + 1] = at;
  }
  return kept;
}
