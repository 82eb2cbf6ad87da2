import type { SuperpositionParameters } from '../ground-truth/superposition-model.ts';

/** How the features of a toy model share its dimensions; definitions of Elhage et al. 2022. */
export interface SuperpositionReport {
  /** [nFeatures, nFeatures]: WᵀW in the paper's layout, W_i·W_j. */
  gram: Float32Array;
  /** [nFeatures]: ‖W_i‖. */
  norms: Float32Array;
  /** [nFeatures]: Σ_{j≠i} (ŵ_i·W_j)²; 0 where W_i is 0. */
  interference: Float32Array;
  /** [nFeatures]: D_i = ‖W_i‖² / Σ_j (ŵ_i·W_j)²; 0 where W_i is 0. */
  dimensionality: Float32Array;
  /** m / ‖W‖²_F; Infinity where W is 0. */
  dimensionsPerFeature: number;
  /** Features with ‖W_i‖² ≥ ½. */
  nRepresented: number;
}

/** A direction shorter than this has no direction to speak of. */
const LEAST_NORM = 1e-6;

/** Sums in float64. */
export function superpositionReport({ weights, bias }: SuperpositionParameters): SuperpositionReport {
  const n = bias.length;
  const m = weights.length / n;
  const gram = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let dot = 0;
      for (let d = 0; d < m; d++) dot += weights[i * m + d] * weights[j * m + d];
      gram[i * n + j] = dot;
    }
  }
  const norms = new Float32Array(n);
  const interference = new Float32Array(n);
  const dimensionality = new Float32Array(n);
  let frobenius = 0;
  for (let i = 0; i < n; i++) {
    const square = gram[i * n + i];
    norms[i] = Math.sqrt(square);
    frobenius += square;
    if (norms[i] < LEAST_NORM) continue;
    let others = 0;
    for (let j = 0; j < n; j++) if (j !== i) others += gram[i * n + j] ** 2;
    interference[i] = others / square;
    dimensionality[i] = square / (square + interference[i]);
  }
  const nRepresented = norms.filter((norm) => norm * norm >= 0.5).length;
  return { gram, norms, interference, dimensionality, dimensionsPerFeature: m / frobenius, nRepresented };
}
