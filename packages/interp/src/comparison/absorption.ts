import type { SparseActs } from '@featurescope/sae';

/** The thresholds of SAEBench's absorption evaluation (Karvonen et al. 2025; feature_absorption_calculator.py), which replaced the
 *  ablations of Chanin et al. 2024, "A is for Absorption", by projections on the probe. */
export const ABSORPTION_THRESHOLDS = {
  /** Least cosine of the strongest latent with the probe, for full absorption. */
  fullCosine: 0.025,
  /** Least cosine with the probe of each latent that may absorb, for the fraction. */
  fractionCosine: 0.1,
  /** Least share of the activation's own projection that absorbing latents must carry, for both. */
  projectionShare: 0.4,
  /** Latents that may absorb together, for the fraction. */
  maxAbsorbing: 3,
} as const;

/** One token that has the concept, and that the probe knows to have it. */
export interface TokenAbsorption {
  /** x · p, of the raw activation on the probe's unit direction. */
  projection: number;
  /** Σ a_i cos_i over the main latents. */
  mainProjection: number;
  /** Whether any main latent fires. */
  mainFires: boolean;
  /** The latent with the greatest a_i cos_i; −1 where nothing fires. */
  strongest: number;
  strongestProjection: number;
  /** 0 … 1: how much of what main and absorbing latents carry the absorbing ones carry. */
  fraction: number;
  /** No main latent fires, and the strongest latent alone is aligned with the probe and carries enough of the projection. */
  isFull: boolean;
}

export interface AbsorptionInput {
  /** Firing values a = f·‖d‖ of the tokens. */
  acts: SparseActs;
  /** [nRows]: x · p. */
  projections: ArrayLike<number>;
  /** [nLatents]: cosine of each decoder row with the probe. */
  cosines: ArrayLike<number>;
  mainLatents: readonly number[];
}

/** Absorption at every token, as SAEBench decides it: a latent's projection is a_i · cos_i. Where one of SAEBench's ratios has a
 *  projection of 0 or below in its denominator, nothing is absorbed: the probe does not point there. */
export function tokenAbsorptions({ acts, projections, cosines, mainLatents }: AbsorptionInput): TokenAbsorption[] {
  const isMain = new Set(mainLatents);
  const { rowOffsets, indices, values } = acts;
  return Array.from({ length: acts.nRows }, (_, r): TokenAbsorption => {
    const projection = projections[r];
    const others: number[] = [];
    let [mainProjection, mainFires] = [0, false];
    let [strongest, strongestProjection] = [-1, Number.NEGATIVE_INFINITY];
    for (let e = rowOffsets[r]; e < rowOffsets[r + 1]; e++) {
      const latent = indices[e];
      const own = values[e] * cosines[latent];
      if (own > strongestProjection) [strongest, strongestProjection] = [latent, own];
      if (isMain.has(latent)) {
        mainProjection += own;
        mainFires = true;
      } else if (cosines[latent] >= ABSORPTION_THRESHOLDS.fractionCosine && own > 0) others.push(own);
    }
    if (strongest < 0) strongestProjection = 0;
    const isFull =
      !mainFires &&
      projection > 0 &&
      strongest >= 0 &&
      cosines[strongest] >= ABSORPTION_THRESHOLDS.fullCosine &&
      strongestProjection / projection >= ABSORPTION_THRESHOLDS.projectionShare;
    const fraction = absorptionFraction(projection, mainProjection, others);
    return { projection, mainProjection, mainFires, strongest, strongestProjection, fraction, isFull };
  });
}

function absorptionFraction(projection: number, mainProjection: number, others: number[]): number {
  const { maxAbsorbing, projectionShare } = ABSORPTION_THRESHOLDS;
  const absorbing = others
    .sort((a, b) => b - a)
    .slice(0, maxAbsorbing)
    .reduce((sum, own) => sum + own, 0);
  if (!(projection > 0) || mainProjection >= projection || absorbing / projection < projectionShare) return 0;
  if (mainProjection <= 0) return 1;
  const carried = Math.min(absorbing, projection - mainProjection);
  return Math.min(1, Math.max(0, carried / (carried + mainProjection)));
}
