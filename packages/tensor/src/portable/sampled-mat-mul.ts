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

/** The entries of left · rightᵀ at the pattern's positions. Each is summed in float64 and rounded once; four of a row together,
 *  whose sums need not wait for one another and read the left row once. */
export function sampleProduct(
  left: Float32Array,
  right: Float32Array,
  { pattern, width }: { pattern: CsrMatrix; width: number },
): Float32Array {
  const { nRows, rowOffsets, columns } = pattern;
  const samples = new Float32Array(columns.length);
  for (let r = 0; r < nRows; r++) {
    const leftAt = r * width;
    const end = rowOffsets[r + 1];
    let e = rowOffsets[r];
    for (; e + 4 <= end; e += 4) {
      const [at0, at1] = [columns[e] * width, columns[e + 1] * width];
      const [at2, at3] = [columns[e + 2] * width, columns[e + 3] * width];
      let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
      for (let j = 0; j < width; j++) {
        const value = left[leftAt + j];
        sum0 += value * right[at0 + j];
        sum1 += value * right[at1 + j];
        sum2 += value * right[at2 + j];
        sum3 += value * right[at3 + j];
      }
      samples[e] = sum0;
      samples[e + 1] = sum1;
      samples[e + 2] = sum2;
      samples[e + 3] = sum3;
    }
    for (; e < end; e++) {
      const at = columns[e] * width;
      let sum = 0;
      for (let j = 0; j < width; j++) sum += left[leftAt + j] * right[at + j];
      samples[e] = sum;
    }
  }
  return samples;
}
