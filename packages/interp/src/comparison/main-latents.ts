import { pickLatents, type SparseActs } from '@featurescope/sae';
import { type Confusion, confusionOf, f1Of } from './confusion.ts';
import { fitLogistic, probeScores } from './logistic-regression.ts';
import { fitSparseLogistic } from './sparse-logistic.ts';

/** Of the L1 probe that ranks the latents, and the gain in F1 by which one more latent counts: SAEBench's. */
const L1 = 0.01;
const F1_JUMP = 0.03;
const MAX_LATENTS = 10;

export interface LabelledActs {
  acts: SparseActs;
  /** [nRows], 1 or 0. */
  labels: Uint8Array;
}

export interface MainLatents {
  /** The latents that stand for the concept, strongest in the L1 probe first; at least one. */
  latents: number[];
  /** Of the k-sparse probes, k = 1, 2, … as far as they were tried, on the rows they did not learn from. */
  curve: { k: number; latent: number; f1: number; confusion: Confusion }[];
}

/** The latents that stand for a concept, by k-sparse probing (Gurnee et al. 2023; Chanin et al. 2024, §4): an L1 probe on all latents
 *  ranks them by weight; probes on the first k are fitted for k = 1, 2, …; as long as F1 grows by more than .03 the concept is split
 *  over that many latents. Empty where no latent has a positive weight. Values are divided by their root mean square. */
export function mainLatents(train: LabelledActs, test: LabelledActs, nLatents: number): MainLatents {
  const scale = rootMeanSquare(train.acts.values);
  const scaled = (acts: SparseActs): SparseActs => ({ ...acts, values: acts.values.map((value) => value / scale) });
  const [trainActs, testActs] = [scaled(train.acts), scaled(test.acts)];
  const { weights } = fitSparseLogistic(trainActs, train.labels, { nLatents, l1: L1 });
  const ranked = Array.from(weights.keys())
    .filter((latent) => weights[latent] > 0)
    .sort((a, b) => weights[b] - weights[a] || a - b)
    .slice(0, MAX_LATENTS);
  const curve: MainLatents['curve'] = [];
  let latents: number[] = [];
  let best = Number.NEGATIVE_INFINITY;
  for (let k = 1; k <= ranked.length; k++) {
    const chosen = ranked.slice(0, k);
    const probe = fitLogistic({ rows: pickLatents(trainActs, chosen), width: k, labels: train.labels });
    const confusion = confusionOf(probeScores(probe, pickLatents(testActs, chosen)), test.labels);
    const f1 = f1Of(confusion);
    curve.push({ k, latent: ranked[k - 1], f1, confusion });
    if (!(f1 > best + F1_JUMP)) break;
    best = f1;
    latents = chosen;
  }
  return { latents, curve };
}

function rootMeanSquare(values: Float32Array): number {
  const square = values.reduce((sum, value) => sum + value ** 2, 0) / Math.max(1, values.length);
  return square > 0 ? Math.sqrt(square) : 1;
}
