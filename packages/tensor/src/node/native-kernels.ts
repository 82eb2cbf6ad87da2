import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { CsrMatrix } from '../csr-matrix.ts';
import type { TensorKernels } from '../kernels.ts';
import { checkSampledShapes, sampleProduct } from '../portable/sampled-mat-mul.ts';
import { checkInnerDimension } from '../portable/sparse-dense-mat-mul.ts';
import { topEntries } from '../portable/top-entries.ts';
import { NativeAdamParameter } from './native-adam-parameter.ts';
import type { NativeOps } from './native-ops.ts';
import { topK } from './native-top-k.ts';

/** A gathered row costs about as much memory traffic as this many columns of a dense product cost arithmetic
 *  (measured at d 256 and 576, k 32). */
const DENSE_COLUMNS_PER_GATHERED_ROW = 96;

/** 16 MiB. */
const BLOCK_VALUES = 4 * 1024 * 1024;

/** Values gathered at a time for a sampled product: 8 MiB, of which much is still in the cache when they are multiplied. */
const GATHERED_VALUES = 2 * 1024 * 1024;

/** The kernels as raw TensorFlow ops. */
export function nativeKernels(ops: NativeOps): TensorKernels {
  return {
    blockValues: BLOCK_VALUES,
    topK: (matrix, k) => topK(ops, matrix, k),
    topEntries,
    sparseDenseMatMul: (sparse, dense) => sparseDenseMatMul(ops, sparse, dense),
    sampledMatMul: (a, b, pattern) => sampledMatMul(ops, { a, b }, pattern),
    sumOfSquares: (tensor) => sumOfSquares(ops, tensor),
    createAdamParameter: (initial, shape, moments) =>
      new NativeAdamParameter(ops, { value: initial, ...moments }, shape),
  };
}

/** L2Loss is half the sum of squares in one pass, without an intermediate tensor. */
function sumOfSquares(ops: NativeOps, tensor: Tensor): number {
  const half = ops.tensor('L2Loss', [ops.type('T')], [tensor]);
  const sum = 2 * half.dataSync()[0];
  half.dispose();
  return sum;
}

/** SparseMatrixMatMul is vectorised and threaded; SparseTensorDenseMatMul took ten to twenty times as long. Its
 *  transpose_a is slow as well: transpose the pattern on the host instead. */
function sparseDenseMatMul(ops: NativeOps, sparse: CsrMatrix, dense: Tensor2D): Tensor2D {
  checkInnerDimension(sparse, dense);
  if (sparse.columns.length === 0) return tf.zeros([sparse.nRows, dense.shape[1]]);
  const indices = ops.int64Handle([sparse.columns.length, 2], int64Coordinates(sparse));
  const shape = ops.int64Handle([2], Int32Array.of(sparse.nRows, 0, sparse.nColumns, 0));
  const values = tf.tensor1d(sparse.values);
  const matrix = ops.handle('SparseTensorToCSRSparseMatrix', [ops.type('T')], [indices, values, shape]);
  const attributes = [ops.type('T'), ...MATMUL_FLAGS.map((name) => ops.bool(name, false))];
  const product = ops.tensor('SparseMatrixMatMul', attributes, [matrix, dense]) as Tensor2D;
  values.dispose();
  ops.free(indices, shape, matrix);
  return product;
}

const MATMUL_FLAGS = ['transpose_a', 'transpose_b', 'adjoint_a', 'adjoint_b', 'transpose_output', 'conjugate_output'];

/** (row, column) of each entry as 64-bit integers: low word, high word. */
function int64Coordinates({ nRows, rowOffsets, columns }: CsrMatrix): Int32Array {
  const words = new Int32Array(columns.length * 4);
  for (let r = 0; r < nRows; r++) {
    for (let e = rowOffsets[r]; e < rowOffsets[r + 1]; e++) {
      words[4 * e] = r;
      words[4 * e + 2] = columns[e];
    }
  }
  return words;
}

interface Factors {
  a: Tensor2D;
  b: Tensor2D;
}

/** Gathers the rows of b that the pattern names; where that is most of b, the whole product costs less. Rows of different lengths
 *  are multiplied by plain loops on a processor, which read each row of b once, where gathering writes and reads it again. */
function sampledMatMul(ops: NativeOps, { a, b }: Factors, pattern: CsrMatrix): Float32Array {
  checkSampledShapes(a, b, pattern);
  const { nRows, nColumns, rowOffsets, columns } = pattern;
  if (columns.length === 0) return new Float32Array(0);
  const perRow = rowOffsets[1];
  const isUniform = rowOffsets.every((offset, r) => offset === r * perRow);
  if (isUniform && nColumns > perRow * DENSE_COLUMNS_PER_GATHERED_ROW)
    return sampledByGathering(ops, { a, b }, pattern);
  if (nRows * nColumns > columns.length * DENSE_COLUMNS_PER_GATHERED_ROW) {
    if (ops.isOnGpu) return sampledByPairs(ops, { a, b }, pattern);
    return sampleProduct(a.dataSync() as Float32Array, b.dataSync() as Float32Array, { pattern, width: a.shape[1] });
  }
  const product = tf.tidy(() => {
    const positions = rowOfEntries(pattern);
    for (let e = 0; e < columns.length; e++) positions[e] = positions[e] * nColumns + columns[e];
    return ops.gather(tf.matMul(a, b, false, true).reshape([nRows * nColumns]), positions);
  });
  // Read outside the tidy, which would search the array for tensors, element by element.
  const values = product.dataSync() as Float32Array;
  product.dispose();
  return values;
}

/** The row of each entry. */
function rowOfEntries({ nRows, rowOffsets, columns }: CsrMatrix): Int32Array {
  const rows = new Int32Array(columns.length);
  for (let r = 0; r < nRows; r++) rows.fill(r, rowOffsets[r], rowOffsets[r + 1]);
  return rows;
}

/** Both rows of each entry gathered, some entries at a time. */
function sampledByPairs(ops: NativeOps, { a, b }: Factors, pattern: CsrMatrix): Float32Array {
  const rows = rowOfEntries(pattern);
  const samples = new Float32Array(rows.length);
  const nAtOnce = Math.max(1, Math.floor((4 * BLOCK_VALUES) / a.shape[1]));
  for (let start = 0; start < rows.length; start += nAtOnce) {
    const end = Math.min(rows.length, start + nAtOnce);
    const take = (matrix: Tensor2D, wanted: Int32Array) => ops.gather(matrix, wanted.subarray(start, end));
    const product = tf.tidy(() => tf.sum(tf.mul(take(a, rows), take(b, pattern.columns)), 1));
    samples.set(product.dataSync() as Float32Array, start);
    product.dispose();
  }
  return samples;
}

/** A pattern with as many entries in every row, a few rows at a time: what is gathered for all of them at once would take more
 *  memory than the weights. */
function sampledByGathering(
  ops: NativeOps,
  { a, b }: Factors,
  { nRows, rowOffsets, columns }: CsrMatrix,
): Float32Array {
  const width = a.shape[1];
  const perRow = rowOffsets[1];
  const samples = new Float32Array(columns.length);
  const nAtOnce = Math.max(1, Math.floor(GATHERED_VALUES / (perRow * width)));
  for (let start = 0; start < nRows; start += nAtOnce) {
    const n = Math.min(nAtOnce, nRows - start);
    const product = tf.tidy(() => {
      const wanted = columns.subarray(start * perRow, (start + n) * perRow);
      const rows = ops.gather(b, wanted).reshape<tf.Tensor3D>([n, perRow, width]);
      return tf.matMul(rows, tf.slice(a, [start, 0], [n, width]).reshape<tf.Tensor3D>([n, width, 1]));
    });
    samples.set(product.dataSync() as Float32Array, start * perRow);
    product.dispose();
  }
  return samples;
}
