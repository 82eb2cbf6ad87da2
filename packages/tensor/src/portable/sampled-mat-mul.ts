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

/** See TensorKernels.sampledMatMul. Each dot product is summed in float64 and rounded once. */
export function sampledMatMul(a: Tensor2D, b: Tensor2D, pattern: CsrMatrix): Float32Array {
  checkSampledShapes(a, b, pattern);
  const width = a.shape[1];
  const left = a.dataSync();
  const right = b.dataSync();
  const samples = new Float32Array(pattern.columns.length);
  for (let r = 0; r < pattern.nRows; r++) {
    const leftAt = r * width;
    for (let e = pattern.rowOffsets[r]; e < pattern.rowOffsets[r + 1]; e++) {
      const rightAt = pattern.columns[e] * width;
      let sum = 0;
      for (let j = 0; j < width; j++) sum += left[leftAt + j] * right[rightAt + j];
      samples[e] = sum;
    }
  }
  return samples;
}
