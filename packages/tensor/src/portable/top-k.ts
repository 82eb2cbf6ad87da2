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

/** See TensorKernels.topK. A min-heap of k entries a row whose root is the weakest kept entry: columns come in ascending
 *  order, so an equal value never replaces the root, and of equal roots the higher column leaves first. NaN is never kept
 *  in place of a number. */
export function topK(matrix: Tensor2D, k: number): CsrMatrix {
  const [nRows, nColumns] = matrix.shape;
  checkK(k, nColumns);
  const data = matrix.dataSync();
  const values = new Float32Array(nRows * k);
  const indices = new Int32Array(nRows * k);
  for (let r = 0; r < nRows; r++) {
    const heap = { values: values.subarray(r * k, (r + 1) * k), indices: indices.subarray(r * k, (r + 1) * k) };
    selectRow(data.subarray(r * nColumns, (r + 1) * nColumns) as Float32Array, heap);
  }
  return csrFromRows({ indices, values }, { nRows, nColumns, perRow: k });
}

interface Heap {
  values: Float32Array;
  indices: Int32Array;
}

function selectRow(row: Float32Array, heap: Heap): void {
  const k = heap.values.length;
  for (let c = 0; c < k; c++) {
    heap.values[c] = row[c];
    heap.indices[c] = c;
  }
  for (let at = (k >> 1) - 1; at >= 0; at--) siftDown(heap, at);
  let weakest = heap.values[0];
  for (let c = k; c < row.length; c++) {
    if (row[c] > weakest || (Number.isNaN(weakest) && !Number.isNaN(row[c]))) {
      heap.values[0] = row[c];
      heap.indices[0] = c;
      siftDown(heap, 0);
      weakest = heap.values[0];
    }
  }
}

/** Moves the entry at `at` down until neither child is weaker. */
function siftDown({ values, indices }: Heap, at: number): void {
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
