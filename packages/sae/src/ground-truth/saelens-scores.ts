import { hungarian } from '../matching.ts';
import type { CoFiring } from './co-firing.ts';

/** Scores as SAELens defines them, in its words: what it prints for the same dictionary and samples. */
export interface SaelensScores {
  mcc: number;
  uniqueness: number;
  precision: number;
  recall: number;
  f1: number;
}

/** cosines: [nTruths, nLatents], signed; absolute values are used throughout, and latents that never fire take part.
 *  Ties of the largest absolute cosine go to the lower truth. Source: SAELens 6.54.12, synthetic/evals.py. */
export function saelensScores(cosines: Float32Array, firing: CoFiring): SaelensScores {
  const { nTruths, nLatents } = firing;
  const absolute = cosines.map(Math.abs);
  const bestTruth = bestTruths(absolute, nTruths, nLatents);
  const agreements = Array.from(bestTruth, (truth, latent) => firing.agreement(truth, latent));
  const meanOver = (of: 'precision' | 'recall' | 'f1') =>
    agreements.reduce((sum, agreement) => sum + agreement[of], 0) / nLatents;
  return {
    mcc: meanMatched(absolute, nTruths, nLatents),
    uniqueness: new Set(bestTruth).size / nLatents,
    precision: meanOver('precision'),
    recall: meanOver('recall'),
    f1: meanOver('f1'),
  };
}

function meanMatched(absolute: Float32Array, nTruths: number, nLatents: number): number {
  let sum = 0;
  hungarian(absolute, nTruths, nLatents).forEach((latent, truth) => {
    if (latent !== -1) sum += absolute[truth * nLatents + latent];
  });
  return sum / Math.min(nTruths, nLatents);
}

/** For each latent the truth of largest similarity. */
function bestTruths(similarity: Float32Array, nTruths: number, nLatents: number): Int32Array {
  const best = new Int32Array(nLatents);
  for (let truth = 1; truth < nTruths; truth++) {
    for (let latent = 0; latent < nLatents; latent++) {
      if (similarity[truth * nLatents + latent] > similarity[best[latent] * nLatents + latent]) best[latent] = truth;
    }
  }
  return best;
}
