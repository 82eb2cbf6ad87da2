import type { Tensor2D } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { CsrMatrix } from '../csr-matrix.ts';
import { csrFromRows } from '../csr-matrix.ts';
import { takeNthLargest } from '../nth-largest.ts';
import { checkK } from '../portable/top-k.ts';
import type { NativeOps } from './native-ops.ts';

/** Columns in a group, and the row width from which grouping pays. */
const GROUP_SIZE = 16;
const MIN_COLUMNS_TO_GROUP = 4096;

/** See TensorKernels.topK. */
export function topK(ops: NativeOps, matrix: Tensor2D, k: number): CsrMatrix {
  const [, nColumns] = matrix.shape;
  checkK(k, nColumns);
  const nGroups = nColumns / GROUP_SIZE;
  const isWide = nColumns >= MIN_COLUMNS_TO_GROUP && Number.isInteger(nGroups) && nGroups >= 2 * k;
  return (isWide ? topKOfGroups(ops, matrix, k) : null) ?? topKOfRows(matrix, k);
}

/** TopKV2 keeps the lower index of equal values, sorted or not. */
function topKOfRows(matrix: Tensor2D, k: number): CsrMatrix {
  const [nRows, nColumns] = matrix.shape;
  const { values, indices } = tf.topk(matrix, k, false);
  const entries = { values: values.dataSync() as Float32Array, indices: indices.dataSync() as Int32Array };
  tf.dispose([values, indices]);
  return csrFromRows(entries, { nRows, nColumns, perRow: k });
}

/** In wide rows TopKV2's cost is in looking at each value. The k largest lie within the k groups of columns of the largest maxima:
 *  TensorFlow finds the maxima and gathers those groups with few others, and of their values few are left to choose from. Exact, ties
 *  included, as groups and columns stay in ascending order. Null where a maximum is not finite. */
function topKOfGroups(ops: NativeOps, matrix: Tensor2D, k: number): CsrMatrix | null {
  const [nRows, nColumns] = matrix.shape;
  const nGroups = nColumns / GROUP_SIZE;
  // Read outside the tidy, which would search the array for tensors, element by element.
  const maxima = tf.tidy(() => tf.max<tf.Tensor2D>(matrix.reshape([nRows, nGroups, GROUP_SIZE]), 2));
  const best = bestGroups(maxima.dataSync() as Float32Array, k, { nRows, nGroups });
  maxima.dispose();
  if (best === null) return null;
  const gathered = tf.tidy(() => ops.gather(matrix.reshape([nRows * nGroups, GROUP_SIZE]), best.groups));
  const candidates = gathered.dataSync() as Float32Array;
  gathered.dispose();
  return largestCandidates(candidates, best, { nRows, nColumns, k });
}

/** Of each row k groups or a few more. */
interface BestGroups {
  /** Row r has those from rowOffsets[r] up to rowOffsets[r + 1]: r · nGroups + group, ascending. */
  rowOffsets: Int32Array;
  groups: Int32Array;
  /** [nRows]: what at least k values of the row's groups reach, and no value of its other groups. */
  bounds: Float32Array;
}

const N_BUCKETS = 64;

/** Kept from call to call: anew for each block of a step's rows it would be a third of what the garbage collector has to find. */
let groupScratch = new Int32Array(0);

/** maxima: [nRows, nGroups]. Counted into buckets evenly over a row's range, maxima need no comparisons with one another, half of which a
 *  processor would mispredict; the bucket that holds the k-th largest is taken whole. */
function bestGroups(
  maxima: Float32Array,
  k: number,
  { nRows, nGroups }: { nRows: number; nGroups: number },
): BestGroups | null {
  if (groupScratch.length < maxima.length) groupScratch = new Int32Array(maxima.length);
  const groups = groupScratch;
  const rowOffsets = new Int32Array(nRows + 1);
  const bounds = new Float32Array(nRows);
  const counts = new Int32Array(N_BUCKETS);
  let n = 0;
  for (let r = 0, start = 0; r < nRows; r++, start += nGroups) {
    let lowest = Number.POSITIVE_INFINITY;
    let highest = Number.NEGATIVE_INFINITY;
    for (let g = start; g < start + nGroups; g++) {
      // NaN stays in both.
      lowest = Math.min(lowest, maxima[g]);
      highest = Math.max(highest, maxima[g]);
    }
    const range = highest - lowest;
    if (!Number.isFinite(range)) return null;
    const scale = range > 0 ? (N_BUCKETS - 1) / range : 0;
    counts.fill(0);
    for (let g = start; g < start + nGroups; g++) counts[((maxima[g] - lowest) * scale) | 0]++;
    let least = N_BUCKETS - 1;
    for (let nTaken = counts[least]; nTaken < k; nTaken += counts[least]) least--;
    let bound = highest;
    for (let g = start; g < start + nGroups; g++) {
      if ((((maxima[g] - lowest) * scale) | 0) < least) continue;
      groups[n++] = g;
      bound = Math.min(bound, maxima[g]);
    }
    bounds[r] = bound;
    rowOffsets[r + 1] = n;
  }
  return { rowOffsets, groups: groups.subarray(0, n), bounds };
}

/** candidates: the values of the groups, [groups, GROUP_SIZE]. */
function largestCandidates(
  candidates: Float32Array,
  { rowOffsets, groups, bounds }: BestGroups,
  { nRows, nColumns, k }: { nRows: number; nColumns: number; k: number },
): CsrMatrix {
  const nGroups = nColumns / GROUP_SIZE;
  const columns = new Int32Array(nRows * k);
  const values = new Float32Array(nRows * k);
  const found = { values: new Float32Array(nColumns), at: new Int32Array(nColumns) };
  const scratch = new Float32Array(nColumns);
  for (let r = 0; r < nRows; r++) {
    const n = valuesFrom(candidates, bounds[r], {
      from: rowOffsets[r] * GROUP_SIZE,
      to: rowOffsets[r + 1] * GROUP_SIZE,
      found,
    });
    for (let e = 0; e < n; e++) scratch[e] = found.values[e];
    const least = takeNthLargest(scratch, n, k);
    let nEqual = k;
    for (let e = 0; e < n; e++) if (found.values[e] > least) nEqual--;
    for (let e = 0, to = r * k; e < n; e++) {
      const value = found.values[e];
      if (value < least || (value === least && nEqual-- <= 0)) continue;
      const at = found.at[e];
      columns[to] = (groups[Math.floor(at / GROUP_SIZE)] - r * nGroups) * GROUP_SIZE + (at % GROUP_SIZE);
      values[to++] = value;
    }
  }
  return { nRows, nColumns, rowOffsets: Int32Array.from({ length: nRows + 1 }, (_, r) => r * k), columns, values };
}

/** Writes those of at least `bound`, and where they stand; returns their number. */
function valuesFrom(
  candidates: Float32Array,
  bound: number,
  { from, to, found }: { from: number; to: number; found: { values: Float32Array; at: Int32Array } },
): number {
  let n = 0;
  for (let at = from; at < to; at++) {
    const value = candidates[at];
    if (!(value >= bound)) continue;
    found.values[n] = value;
    found.at[n++] = at;
  }
  return n;
}
