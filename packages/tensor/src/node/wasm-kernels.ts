import type { Tensor2D } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { CsrMatrix } from '../csr-matrix.ts';
import type { TensorKernels } from '../kernels.ts';
import { portableKernels } from '../portable/portable-kernels.ts';
import { checkSampledShapes } from '../portable/sampled-mat-mul.ts';
import { checkInnerDimension } from '../portable/sparse-dense-mat-mul.ts';

/** Multiplications that ONNX Runtime's dense product does in the time of one in a scalar loop (measured at d 256 and 576). */
const DENSE_ADVANTAGE = 96;

/** The portable kernels, but sparse products that are not very sparse run as dense ones on ONNX Runtime. */
export const wasmKernels: TensorKernels = {
  ...portableKernels,
  sparseDenseMatMul(sparse, dense) {
    checkInnerDimension(sparse, dense);
    if (!isDenseEnough(sparse)) return portableKernels.sparseDenseMatMul(sparse, dense);
    return tf.tidy(() => tf.matMul(toDense(sparse), dense));
  },
  sampledMatMul(a, b, pattern) {
    checkSampledShapes(a, b, pattern);
    if (!isDenseEnough(pattern)) return portableKernels.sampledMatMul(a, b, pattern);
    const product = tf.matMul(a, b, false, true);
    const values = product.dataSync();
    product.dispose();
    const samples = new Float32Array(pattern.columns.length);
    forEachEntry(pattern, (e, at) => {
      samples[e] = values[at];
    });
    return samples;
  },
};

function isDenseEnough({ nRows, nColumns, columns }: CsrMatrix): boolean {
  return nRows * nColumns < columns.length * DENSE_ADVANTAGE;
}

function toDense(sparse: CsrMatrix): Tensor2D {
  const dense = new Float32Array(sparse.nRows * sparse.nColumns);
  forEachEntry(sparse, (e, at) => {
    dense[at] += sparse.values[e];
  });
  return tf.tensor2d(dense, [sparse.nRows, sparse.nColumns]);
}

/** Calls with each entry and its position in the dense matrix. */
function forEachEntry(
  { nRows, nColumns, rowOffsets, columns }: CsrMatrix,
  call: (e: number, at: number) => void,
): void {
  for (let r = 0; r < nRows; r++) {
    for (let e = rowOffsets[r]; e < rowOffsets[r + 1]; e++) call(e, r * nColumns + columns[e]);
  }
}
