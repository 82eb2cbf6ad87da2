import type { Tensor2D } from '@tensorflow/tfjs';
import { tensor2d } from '@tensorflow/tfjs';
import { ShapeError } from '../backend-info.ts';
import type { CsrMatrix } from '../csr-matrix.ts';

/** Throws ShapeError unless dense has one row for each column of sparse. */
export function checkInnerDimension(sparse: CsrMatrix, dense: Tensor2D): void {
  if (dense.shape[0] !== sparse.nColumns) {
    throw new ShapeError(
      `A sparse matrix [${sparse.nRows}, ${sparse.nColumns}] cannot multiply a dense one [${dense.shape}]`,
    );
  }
}

/** See TensorKernels.sparseDenseMatMul. */
export function sparseDenseMatMul(sparse: CsrMatrix, dense: Tensor2D): Tensor2D {
  checkInnerDimension(sparse, dense);
  const [nRows, width] = [sparse.nRows, dense.shape[1]];
  const product = new Float32Array(nRows * width);
  addProduct(product, sparse, { source: dense.dataSync() as Float32Array, width });
  return tensor2d(product, [nRows, width]);
}

/** product [nRows, width] += sparse · source [nColumns, width]. Sums each row in the order of the entries, four at a time in
 *  float64 and then rounded: reading and writing the sum costs as much as adding to it. */
export function addProduct(
  product: Float32Array,
  { nRows, rowOffsets, columns, values }: CsrMatrix,
  { source, width }: { source: Float32Array; width: number },
): void {
  for (let r = 0; r < nRows; r++) {
    const to = r * width;
    const end = rowOffsets[r + 1];
    let e = rowOffsets[r];
    for (; e + 4 <= end; e += 4) {
      const [v0, v1, v2, v3] = [values[e], values[e + 1], values[e + 2], values[e + 3]];
      const [f0, f1] = [columns[e] * width, columns[e + 1] * width];
      const [f2, f3] = [columns[e + 2] * width, columns[e + 3] * width];
      for (let j = 0; j < width; j++) {
        product[to + j] += v0 * source[f0 + j] + v1 * source[f1 + j] + v2 * source[f2 + j] + v3 * source[f3 + j];
      }
    }
    for (; e < end; e++) {
      const value = values[e];
      const from = columns[e] * width;
      for (let j = 0; j < width; j++) product[to + j] += value * source[from + j];
    }
  }
}
