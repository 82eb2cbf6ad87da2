import type { Tensor } from '@tensorflow/tfjs';

/** See TensorKernels.sumOfSquares. Summed in float64. */
export function sumOfSquares(tensor: Tensor): number {
  const values = tensor.dataSync();
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * values[i];
  return sum;
}
