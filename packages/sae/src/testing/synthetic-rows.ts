import { Rng } from '../rng.ts';

export interface SyntheticDictionary {
  dModel: number;
  nTruths: number;
  /** Mean number of active truths a row. */
  meanActive: number;
  seed: number;
}

/** Rows that are sparse sums of hidden unit directions around a mean, much like a residual stream's: truths fire with
 *  probabilities ∝ 1/rank (capped at ½), with log-normal magnitudes, plus a little isotropic noise.
 *  Returns a source of [n, dModel] rows; the same seed gives the same rows whatever the sizes asked for. */
export function syntheticRows({
  dModel,
  nTruths,
  meanActive,
  seed,
}: SyntheticDictionary): (nRows: number) => Float32Array {
  const rng = Rng.fromSeed(seed, 'synthetic-rows');
  const directions = new Float32Array(nTruths * dModel).map(() => rng.normal() / Math.sqrt(dModel));
  const mean = new Float32Array(dModel).map(() => rng.normal());
  const harmonic = Array.from({ length: nTruths }, (_, i) => 1 / (i + 1));
  const total = harmonic.reduce((sum, value) => sum + value, 0);
  const probabilities = harmonic.map((value) => Math.min(0.5, (meanActive * value) / total));
  return (nRows) => {
    const rows = new Float32Array(nRows * dModel);
    for (let r = 0; r < nRows; r++) {
      const row = rows.subarray(r * dModel, (r + 1) * dModel);
      for (let j = 0; j < dModel; j++) row[j] = mean[j] + 0.05 * rng.normal();
      for (let t = 0; t < nTruths; t++) {
        if (rng.float() >= probabilities[t]) continue;
        const magnitude = 2 * Math.exp(0.5 * rng.normal());
        for (let j = 0; j < dModel; j++) row[j] += magnitude * directions[t * dModel + j];
      }
    }
    return rows;
  };
}
