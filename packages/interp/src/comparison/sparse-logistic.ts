import type { SparseActs } from '@featurescope/sae';
import { type LinearProbe, rowWeights } from './logistic-regression.ts';

export interface SparseLogisticOptions {
  nLatents: number;
  /** λ of mean weighted loss + λ‖w‖₁, the bias unpenalised. */
  l1: number;
  /** Default 2,000. */
  maxSteps?: number;
  /** Ends when no parameter moves by more in a step. Default 1e-7. */
  tolerance?: number;
}

/** Logistic regression with an L1 penalty on sparse rows, classes balanced, by accelerated proximal gradient (FISTA, Beck and Teboulle
 *  2009) with restarts: most weights come out exactly 0. labels: [nRows], 1 or 0. scikit-learn's minimum for penalty l1 and
 *  C = 1 / (n λ). Throws InvalidRequestError unless there are rows of both classes. */
export function fitSparseLogistic(acts: SparseActs, labels: Uint8Array, options: SparseLogisticOptions): LinearProbe {
  const { nLatents, l1, maxSteps = 2000, tolerance = 1e-7 } = options;
  const rows = { acts, labels, weights: rowWeights(labels, true).map((weight) => weight / labels.length) };
  const size = 1 / lipschitz(rows, nLatents);
  let current = new Float64Array(nLatents + 1);
  let point = current;
  let momentum = 1;
  for (let step = 0; step < maxSteps; step++) {
    const gradient = lossGradient(rows, point);
    const next = point.map((value, i) => shrink(value - size * gradient[i], i < nLatents ? size * l1 : 0));
    let moved = 0;
    let against = 0;
    for (let i = 0; i <= nLatents; i++) {
      moved = Math.max(moved, Math.abs(next[i] - current[i]));
      against += (point[i] - next[i]) * (next[i] - current[i]);
    }
    // The momentum overshot: begin it anew (O'Donoghue and Candès 2015).
    if (against > 0) momentum = 1;
    const nextMomentum = (1 + Math.sqrt(1 + 4 * momentum ** 2)) / 2;
    const carried = against > 0 ? 0 : (momentum - 1) / nextMomentum;
    const previous = current;
    current = next;
    point = next.map((value, i) => value + carried * (value - previous[i]));
    momentum = nextMomentum;
    if (moved < tolerance) break;
  }
  return { weights: current.slice(0, nLatents), bias: current[nLatents] };
}

interface WeightedRows {
  acts: SparseActs;
  labels: Uint8Array;
  weights: Float64Array;
}

function lossGradient({ acts, labels, weights }: WeightedRows, parameters: Float64Array): Float64Array {
  const { nRows, rowOffsets, indices, values } = acts;
  const bias = parameters.length - 1;
  const gradient = new Float64Array(parameters.length);
  for (let r = 0; r < nRows; r++) {
    let z = parameters[bias];
    for (let e = rowOffsets[r]; e < rowOffsets[r + 1]; e++) z += values[e] * parameters[indices[e]];
    const residual = weights[r] * (1 / (1 + Math.exp(-z)) - labels[r]);
    for (let e = rowOffsets[r]; e < rowOffsets[r + 1]; e++) gradient[indices[e]] += residual * values[e];
    gradient[bias] += residual;
  }
  return gradient;
}

/** A bound on the gradient's Lipschitz constant: ¼ of the greatest eigenvalue of Σ weight · x xᵀ, by power iteration, and a margin
 *  because it comes from below. */
function lipschitz({ acts, weights }: WeightedRows, nLatents: number): number {
  const { nRows, rowOffsets, indices, values } = acts;
  let vector = new Float64Array(nLatents + 1).fill(1 / Math.sqrt(nLatents + 1));
  let eigenvalue = 0;
  for (let step = 0; step < 50; step++) {
    const next = new Float64Array(nLatents + 1);
    for (let r = 0; r < nRows; r++) {
      let z = vector[nLatents];
      for (let e = rowOffsets[r]; e < rowOffsets[r + 1]; e++) z += values[e] * vector[indices[e]];
      z *= weights[r];
      for (let e = rowOffsets[r]; e < rowOffsets[r + 1]; e++) next[indices[e]] += z * values[e];
      next[nLatents] += z;
    }
    eigenvalue = Math.sqrt(next.reduce((sum, value) => sum + value ** 2, 0));
    vector = next.map((value) => value / eigenvalue);
  }
  return Math.max(1e-12, (1.05 * eigenvalue) / 4);
}

const shrink = (value: number, by: number) => Math.sign(value) * Math.max(0, Math.abs(value) - by);
