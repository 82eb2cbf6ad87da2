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

/** See TensorKernels.sparseDenseMatMul. Sums each output row in the order of the entries, in float32 steps. */
export function sparseDenseMatMul(sparse: CsrMatrix, dense: Tensor2D): Tensor2D {
  checkInnerDimension(sparse, dense);
  const { nRows, rowOffsets, columns, values } = sparse;
  const width = dense.shape[1];
  const source = dense.dataSync();
  const product = new Float32Array(nRows * width);
  for (let r = 0; r < nRows; r++) {
    const to = r * width;
    for (let e = rowOffsets[r]; e < rowOffsets[r + 1]; e++) {
      const value = values[e];
      if (value === 0) continue;
      const from = columns[e] * width;
      for (let j = 0; j < width; j++) product[to + j] += value * source[from + j];
    }
  }
  return tensor2d(product, [nRows, width]);
}
