import type { Tensor2D } from '@tensorflow/tfjs';
import { ShapeError } from '../backend-info.ts';
import { type CsrMatrix, keepLargest } from '../csr-matrix.ts';
import { nthLargest } from '../nth-largest.ts';

/** See TensorKernels.topEntries. */
export function topEntries(matrix: Tensor2D, n: number, above: number): CsrMatrix {
  return largestOfAll(matrix.dataSync() as Float32Array, n, { nColumns: matrix.shape[1], above });
}

/** Throws ShapeError unless n is a positive integer. */
export function checkCount(n: number): void {
  if (!Number.isInteger(n) || n < 1) throw new ShapeError(`n must be an integer of at least 1, but is ${n}`);
}

/** data: [nRows, nColumns]. A sample says from where upwards the n largest should lie, one scan takes what lies there, and only that
 *  is sorted: 9 million values cost two plain reads. Exact: where the sample asked too much, everything is taken. */
export function largestOfAll(
  data: Float32Array,
  n: number,
  { nColumns, above }: { nColumns: number; above: number },
): CsrMatrix {
  checkCount(n);
  const estimate = likelyBound(data, n, above);
  let entries = entriesFrom(data, estimate, above);
  if (estimate > above && entries.n < n) entries = entriesFrom(data, above, above);
  return keepLargest(toRows(entries, data.length, nColumns), n);
}

/** Values sampled at most, and how far below the n-th largest of the sample the bound is laid: four standard deviations of how many
 *  of them a sample holds, and a tenth. */
const SAMPLE_SIZE = 1 << 16;
const STANDARD_DEVIATIONS = 4;
const SLACK = 1.1;

/** A value that probably n entries or more reach, and not many more; `above` where most of the data is wanted. */
function likelyBound(data: Float32Array, n: number, above: number): number {
  // Odd, so that a power of two of columns is not sampled at the same few.
  const stride = Math.floor(data.length / SAMPLE_SIZE) | 1;
  if (stride < 3) return above;
  const sample = new Float32Array(Math.ceil(data.length / stride));
  let nSampled = 0;
  for (let at = 0; at < data.length; at += stride) if (data[at] > above) sample[nSampled++] = data[at];
  const expected = n / stride;
  const rank = Math.ceil(SLACK * expected + STANDARD_DEVIATIONS * Math.sqrt(expected) + 1);
  return rank < nSampled ? nthLargest(sample.subarray(0, nSampled), rank) : above;
}

interface Entries {
  n: number;
  /** Positions in the flattened matrix, ascending, and values; filled up to n. */
  positions: Int32Array;
  values: Float32Array;
}

/** Those of at least `bound` that are above `above`; NaN is not. */
function entriesFrom(data: Float32Array, bound: number, above: number): Entries {
  let entries: Entries = { n: 0, positions: new Int32Array(1 << 12), values: new Float32Array(1 << 12) };
  let n = 0;
  for (let at = 0; at < data.length; at++) {
    const value = data[at];
    if (!(value >= bound) || !(value > above)) continue;
    if (n === entries.values.length) entries = grown(entries);
    entries.positions[n] = at;
    entries.values[n++] = value;
  }
  return { ...entries, n };
}

function grown({ n, positions, values }: Entries): Entries {
  const more = { n, positions: new Int32Array(2 * positions.length), values: new Float32Array(2 * values.length) };
  more.positions.set(positions);
  more.values.set(values);
  return more;
}

function toRows({ n, positions, values }: Entries, size: number, nColumns: number): CsrMatrix {
  const nRows = size / nColumns;
  const rowOffsets = new Int32Array(nRows + 1);
  const columns = new Int32Array(n);
  let e = 0;
  for (let r = 0; r < nRows; r++) {
    const start = r * nColumns;
    for (; e < n && positions[e] < start + nColumns; e++) columns[e] = positions[e] - start;
    rowOffsets[r + 1] = e;
  }
  return { nRows, nColumns, rowOffsets, columns, values: values.slice(0, n) };
}
