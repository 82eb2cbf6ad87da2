import type { Tensor } from '@tensorflow/tfjs';

/** See TensorKernels.sumOfSquares. */
export function sumOfSquares(tensor: Tensor): number {
  return sumOfSquaredValues(tensor.dataSync() as Float32Array);
}

/** Summed in float64, in four sums that need not wait for one another. */
export function sumOfSquaredValues(values: Float32Array): number {
  let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 4 <= values.length; i += 4) {
    sum0 += values[i] * values[i];
    sum1 += values[i + 1] * values[i + 1];
    sum2 += values[i + 2] * values[i + 2];
    sum3 += values[i + 3] * values[i + 3];
  }
  for (; i < values.length; i++) sum0 += values[i] * values[i];
  return sum0 + sum1 + sum2 + sum3;
}
