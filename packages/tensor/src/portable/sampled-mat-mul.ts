import type { Tensor2D } from '@tensorflow/tfjs';
import { ShapeError } from '../backend-info.ts';
import type { CsrMatrix } from '../csr-matrix.ts';

/** Throws ShapeError unless a is [nRows, d] and b [nColumns, d] for the pattern's nRows and nColumns. */
export function checkSampledShapes(a: Tensor2D, b: Tensor2D, pattern: CsrMatrix): void {
  if (a.shape[0] !== pattern.nRows || b.shape[0] !== pattern.nColumns || a.shape[1] !== b.shape[1]) {
    throw new ShapeError(
      `Sampling [${a.shape}] · [${b.shape}]ᵀ by a pattern [${pattern.nRows}, ${pattern.nColumns}] needs matching shapes`,
    );
  }
}

/** See TensorKernels.sampledMatMul. */
export function sampledMatMul(a: Tensor2D, b: Tensor2D, pattern: CsrMatrix): Float32Array {
  checkSampledShapes(a, b, pattern);
  return sampleProduct(a.dataSync() as Float32Array, b.dataSync() as Float32Array, { pattern, width: a.shape[1] });
}

/** The entries of left · rightᵀ at the pattern's positions. Each is summed in float64, in four sums that need not wait for one
 *  another, and rounded once. */
export function sampleProduct(
  left: Float32Array,
  right: Float32Array,
  { pattern, width }: { pattern: CsrMatrix; width: number },
): Float32Array {
  const samples = new Float32Array(pattern.columns.length);
  for (let r = 0; r < pattern.nRows; r++) {
    const leftAt = r * width;
    for (let e = pattern.rowOffsets[r]; e < pattern.rowOffsets[r + 1]; e++) {
      const rightAt = pattern.columns[e] * width;
      let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
      let j = 0;
      for (; j + 4 <= width; j += 4) {
        sum0 += left[leftAt + j] * right[rightAt + j];
        sum1 += left[leftAt + j + 1] * right[rightAt + j + 1];
        sum2 += left[leftAt + j + 2] * right[rightAt + j + 2];
        sum3 += left[leftAt + j + 3] * right[rightAt + j + 3];
      }
      for (; j < width; j++) sum0 += left[leftAt + j] * right[rightAt + j];
      samples[e] = sum0 + sum1 + sum2 + sum3;
    }
  }
  return samples;
}
