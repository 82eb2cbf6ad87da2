import type { TensorKernels } from '../kernels.ts';
import { PortableAdamParameter } from './adam-parameter.ts';
import { sampledMatMul } from './sampled-mat-mul.ts';
import { sparseDenseMatMul } from './sparse-dense-mat-mul.ts';
import { sumOfSquares } from './sum-of-squares.ts';
import { topEntries } from './top-entries.ts';
import { topK } from './top-k.ts';

/** Plain loops over typed arrays: on WebAssembly they beat the op-by-op form, which reads and writes every intermediate result. */
export const portableKernels: TensorKernels = {
  blockValues: Number.POSITIVE_INFINITY,
  topK,
  topEntries,
  sparseDenseMatMul,
  sampledMatMul,
  sumOfSquares,
  createAdamParameter: (initial, shape, moments) => new PortableAdamParameter({ value: initial, ...moments }, shape),
};
