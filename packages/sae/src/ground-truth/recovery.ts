import { hungarian } from '../matching.ts';
import type { CoFiring } from './co-firing.ts';
import { saelensScores } from './saelens-scores.ts';

/** How much of the truth a dictionary has found. Means are over truths unless a line says otherwise. */
export interface RecoverySummary {
  /** Samples that firing was counted on. */
  nSamples: number;
  /** The headline: signed cosine of each truth with its latent, matched one to one over latents that fire; unmatched counts 0. */
  recovery: number;
  /** SAELens: mean absolute cosine, matched one to one over all latents; over the smaller of the two numbers. */
  mcc: number;
  /** SAELens: distinct truths of largest absolute cosine, over all latents. */
  uniqueness: number;
  /** SAELens: mean over all latents of precision, recall and F1 of firing against the truth of largest absolute cosine. */
  precision: number;
  recall: number;
  f1: number;
  /** Largest cosine with a latent that fires on more than 1% of the samples. */
  bestMatch: number;
  /** The same with absolute cosines. */
  bestMatchAbs: number;
  /** MMCS: largest cosine with any latent that fires; mean over truths. */
  mmcsTruths: number;
  /** MMCS the other way: largest cosine with any truth; mean over latents that fire. */
  mmcsLatents: number;
  /** Precision and recall of the matched latent; unmatched counts 0. */
  truthPrecision: number;
  truthRecall: number;
  /** Mean active truths and latents a sample. */
  trueL0: number;
  l0: number;
  /** Latents that fire on these samples. */
  nAlive: number;
  /** Latents that fire on more than 1% of them. */
  nFrequent: number;
}

export interface Recovery {
  summary: RecoverySummary;
  /** [nTruths]: the latent matched with each truth, −1 where there is none. */
  latentOf: Int32Array;
}

/** Share of samples above which a latent counts for `bestMatch`. */
const frequentShare = 0.01;

/** cosines: [nTruths, nLatents] as `truthCosines` gives them. firing: counted on samples that were not trained on. */
export function measureRecovery(cosines: Float32Array, firing: CoFiring): Recovery {
  const { nTruths, nLatents, latentFirings, nSamples } = firing;
  const alive = latentsWhere(latentFirings, (firings) => firings > 0);
  const frequent = latentsWhere(latentFirings, (firings) => firings > frequentShare * nSamples);
  const latentOf = matchedLatents(cosines, { nTruths, nLatents, alive });
  const matched = Array.from(latentOf, (latent, truth) =>
    latent === -1
      ? { cosine: 0, precision: 0, recall: 0 }
      : { cosine: cosines[truth * nLatents + latent], ...firing.agreement(truth, latent) },
  );
  const summary: RecoverySummary = {
    nSamples,
    recovery: mean(matched.map(({ cosine }) => cosine)),
    ...saelensScores(cosines, firing),
    bestMatch: meanLargest(cosines, { nTruths, nLatents, latents: frequent }),
    bestMatchAbs: meanLargest(cosines.map(Math.abs), { nTruths, nLatents, latents: frequent }),
    mmcsTruths: meanLargest(cosines, { nTruths, nLatents, latents: alive }),
    mmcsLatents: meanLargestOfLatents(cosines, { nTruths, nLatents, latents: alive }),
    truthPrecision: mean(matched.map(({ precision }) => precision)),
    truthRecall: mean(matched.map(({ recall }) => recall)),
    trueL0: firing.trueL0(),
    l0: firing.l0(),
    nAlive: alive.length,
    nFrequent: frequent.length,
  };
  return { summary, latentOf };
}

interface Pairs {
  nTruths: number;
  nLatents: number;
}

function latentsWhere(firings: Float64Array, isWanted: (firings: number) => boolean): Int32Array {
  return Int32Array.from(firings.keys()).filter((latent) => isWanted(firings[latent]));
}

function matchedLatents(
  cosines: Float32Array,
  { nTruths, nLatents, alive }: Pairs & { alive: Int32Array },
): Int32Array {
  const ofAlive = new Float32Array(nTruths * alive.length);
  for (let truth = 0; truth < nTruths; truth++) {
    for (let i = 0; i < alive.length; i++) ofAlive[truth * alive.length + i] = cosines[truth * nLatents + alive[i]];
  }
  return hungarian(ofAlive, nTruths, alive.length).map((column) => (column === -1 ? -1 : alive[column]));
}

/** 0 where there is no latent to choose from. */
function meanLargest(cosines: Float32Array, { nTruths, nLatents, latents }: Pairs & { latents: Int32Array }): number {
  if (latents.length === 0) return 0;
  const largest = Array.from({ length: nTruths }, (_, truth) =>
    latents.reduce((best, latent) => Math.max(best, cosines[truth * nLatents + latent]), -1),
  );
  return mean(largest);
}

function meanLargestOfLatents(
  cosines: Float32Array,
  { nTruths, nLatents, latents }: Pairs & { latents: Int32Array },
): number {
  const largest = Array.from(latents, (latent) => {
    let best = -1;
    for (let truth = 0; truth < nTruths; truth++) best = Math.max(best, cosines[truth * nLatents + latent]);
    return best;
  });
  return mean(largest);
}

const mean = (values: number[]) =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
