import type { Tensor } from '@tensorflow/tfjs';

/** See TensorKernels.sumOfSquares. Summed in float64. */
export function sumOfSquares(tensor: Tensor): number {
  let sum = 0;
  for (const value of tensor.dataSync()) sum += value * value;
  return sum;
}
