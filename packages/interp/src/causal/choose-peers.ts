import type { Rng } from '@featurescope/sae';

export interface FeatureRate {
  featureIndex: number;
  /** Share of indexed tokens on which it fires. */
  density: number;
}

/** Peers are drawn from this many times as many nearest ones: near in rate, and still by chance. */
const POOL_FACTOR = 4;

/** Random features that fire about as often: `count` drawn from the 4 × count nearest by |log density|. Features that never fire and
 *  those in `excluded` are no peers. Fewer where there are fewer. Equal distances by lower index. */
export function choosePeers(
  features: readonly FeatureRate[],
  density: number,
  { count, rng, excluded }: { count: number; rng: Rng; excluded: ReadonlySet<number> },
): FeatureRate[] {
  const nearest = features
    .filter((feature) => feature.density > 0 && !excluded.has(feature.featureIndex))
    .map((feature) => ({ feature, distance: Math.abs(Math.log(feature.density / density)) }))
    .sort((a, b) => a.distance - b.distance || a.feature.featureIndex - b.feature.featureIndex)
    .slice(0, POOL_FACTOR * count);
  const chosen = rng.shuffle(Int32Array.from(nearest.keys())).subarray(0, count);
  return Array.from(chosen.slice().sort(), (place) => nearest[place].feature);
}
