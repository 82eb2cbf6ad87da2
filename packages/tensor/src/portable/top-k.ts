import type { Tensor2D } from '@tensorflow/tfjs';
import { ShapeError } from '../backend-info.ts';
import type { CsrMatrix } from '../csr-matrix.ts';
import { csrFromRows } from '../csr-matrix.ts';

/** Throws ShapeError unless k is an integer in 1 … nColumns. */
export function checkK(k: number, nColumns: number): void {
  if (!Number.isInteger(k) || k < 1 || k > nColumns) {
    throw new ShapeError(`k must be an integer from 1 to ${nColumns} (the number of columns), but is ${k}`);
  }
}

/** See TensorKernels.topK. */
export function topK(matrix: Tensor2D, k: number): CsrMatrix {
  checkK(k, matrix.shape[1]);
  return largestOfRows(matrix.dataSync() as Float32Array, k, { nRows: matrix.shape[0], nColumns: matrix.shape[1] });
}

/** data: [nRows, nColumns]. A min-heap of k entries a row whose root is the weakest kept entry: columns come in ascending
 *  order, so an equal value never replaces the root, and of equal roots the higher column leaves first. NaN is never kept
 *  in place of a number. */
export function largestOfRows(
  data: Float32Array,
  k: number,
  { nRows, nColumns }: { nRows: number; nColumns: number },
): CsrMatrix {
  const values = new Float32Array(nRows * k);
  const indices = new Int32Array(nRows * k);
  const candidates: Entries = { values: new Float32Array(nColumns), indices: new Int32Array(nColumns) };
  for (let r = 0; r < nRows; r++) {
    const heap = { values: values.subarray(r * k, (r + 1) * k), indices: indices.subarray(r * k, (r + 1) * k) };
    selectInto(heap, candidates, findCandidates(data.subarray(r * nColumns, (r + 1) * nColumns), k, candidates));
  }
  return csrFromRows({ indices, values }, { nRows, nColumns, perRow: k });
}

interface Entries {
  values: Float32Array;
  indices: Int32Array;
}

/** Groups of columns whose maxima bound the k-th largest value from below; twice k keeps the bound close to it. */
const GROUPS_PER_KEPT = 2;

/** Writes the entries of a row that can be among its k largest, in ascending order, and returns their number: those not below
 *  the k-th largest of the groups' maxima. Two plain scans cost far less than a heap that every record value passes through. */
function findCandidates(row: Float32Array, k: number, { values, indices }: Entries): number {
  const threshold = lowerBound(row, k);
  let n = 0;
  for (let c = 0; c < row.length; c++) {
    if (row[c] < threshold) continue;
    values[n] = row[c];
    indices[n++] = c;
  }
  return n;
}

/** A value that at least k entries of the row reach, NaN counted as reaching it. */
function lowerBound(row: Float32Array, k: number): number {
  const nGroups = GROUPS_PER_KEPT * k;
  const size = Math.floor(row.length / nGroups);
  if (size < 2) return Number.NEGATIVE_INFINITY;
  const maxima = new Float32Array(nGroups);
  for (let g = 0; g < nGroups; g++) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let c = g * size; c < (g + 1) * size; c++) if (row[c] > largest) largest = row[c];
    maxima[g] = largest;
  }
  return maxima.sort()[nGroups - k];
}

/** Keeps the best of the first `n` entries of `from`, whose indices ascend; n is at least the heap's size. */
function selectInto(heap: Entries, from: Entries, n: number): void {
  const { values, indices } = heap;
  const k = values.length;
  for (let e = 0; e < k; e++) {
    values[e] = from.values[e];
    indices[e] = from.indices[e];
  }
  for (let at = (k >> 1) - 1; at >= 0; at--) siftDown(heap, at);
  for (let e = k; e < n; e++) {
    // NaN fails the comparison against a number, and never enters.
    if (!isWeaker(values[0], indices[0], from.values[e], from.indices[e])) continue;
    values[0] = from.values[e];
    indices[0] = from.indices[e];
    siftDown(heap, 0);
  }
}

/** Moves the entry at `at` down until neither child is weaker. */
function siftDown({ values, indices }: Entries, at: number): void {
  const k = values.length;
  const value = values[at];
  const index = indices[at];
  for (;;) {
    let child = 2 * at + 1;
    if (child >= k) break;
    if (child + 1 < k && isWeaker(values[child + 1], indices[child + 1], values[child], indices[child])) child++;
    if (!isWeaker(values[child], indices[child], value, index)) break;
    values[at] = values[child];
    indices[at] = indices[child];
    at = child;
  }
  values[at] = value;
  indices[at] = index;
}

/** Smaller, or equal at a higher column; NaN is the weakest of all. */
function isWeaker(value: number, index: number, thanValue: number, thanIndex: number): boolean {
  if (Number.isNaN(value)) return !Number.isNaN(thanValue) || index > thanIndex;
  return value < thanValue || (value === thanValue && index > thanIndex);
}
