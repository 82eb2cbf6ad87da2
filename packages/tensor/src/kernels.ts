import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { CsrMatrix } from './csr-matrix.ts';
import { portableKernels } from './portable/portable-kernels.ts';

/** Adam in torch's form; `step` counts from 1. */
export interface AdamUpdate {
  learningRate: number;
  step: number;
  beta1: number;
  beta2: number;
  epsilon: number;
}

/** Adam's running means of the gradient and of its square, in row-major order. */
export interface AdamMoments {
  firstMoment: Float32Array;
  secondMoment: Float32Array;
}

/** A parameter's value and its moments. */
export interface AdamSnapshot extends AdamMoments {
  value: Float32Array;
}

/** A trainable tensor together with Adam's moments, updated in place where the backend can. */
export interface AdamParameter {
  readonly shape: number[];
  /** The current value. Dispose it before the next `update`, which otherwise has to copy. */
  value(): Tensor;
  /** Replaces the value and keeps the moments; `value` stays the caller's to dispose. */
  assign(value: Tensor): void;
  /** m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², w ← w − lr·m̂ / (√v̂ + ε) with bias-corrected m̂, v̂. The gradient stays the caller's. */
  update(gradient: Tensor, adam: AdamUpdate): void;
  /** Copies. */
  snapshot(): AdamSnapshot;
  /** Takes copies. */
  restore(snapshot: AdamSnapshot): void;
  dispose(): void;
}

/** The operations TensorFlow.js lacks or does slowly: each has a portable form and, on native TensorFlow, a raw-op form.
 *  Both give the same results up to float32 rounding. */
export interface TensorKernels {
  /** Values that a step takes at a time of what it need not hold as a whole. Infinity where a slice costs more than it saves. */
  readonly blockValues: number;
  /** The k largest entries of each row; equal values keep the lower column. matrix [n, m], integer 1 ≤ k ≤ m. Exactly k entries a row. */
  topK(matrix: Tensor2D, k: number): CsrMatrix;
  /** The n largest entries of the whole matrix among those above `above`, or all of those where they are fewer; equal values keep
   *  the lower position. NaN is never kept. Rows may hold any number of entries. */
  topEntries(matrix: Tensor2D, n: number, above: number): CsrMatrix;
  /** sparse [n, m] · dense [m, d] → [n, d]. */
  sparseDenseMatMul(sparse: CsrMatrix, dense: Tensor2D): Tensor2D;
  /** The entries of a · bᵀ at the pattern's positions, in its order. a [n, d], b [m, d], pattern [n, m]; its values are not read. */
  sampledMatMul(a: Tensor2D, b: Tensor2D, pattern: CsrMatrix): Float32Array;
  /** Σ of all squared entries. */
  sumOfSquares(tensor: Tensor): number;
  /** `initial` and the moments are copied; the moments start at zero where none are given. */
  createAdamParameter(initial: Float32Array, shape: number[], moments?: AdamMoments): AdamParameter;
}

let current: TensorKernels = portableKernels;

/** The kernels of the backend in use; the portable ones until a backend registers its own. */
export function kernels(): TensorKernels {
  return current;
}

/** Called by a backend's set-up. */
export function useKernels(next: TensorKernels): void {
  current = next;
}
