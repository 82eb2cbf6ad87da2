import { Rng } from '@featurescope/sae';

/** A change of cross-entropy summed over some tokens of one context. */
export interface ContextSum {
  total: number;
  nTokens: number;
}

export interface EffectEstimate {
  /** Σ change / Σ tokens over all contexts, nats a token; 0 without tokens. */
  mean: number;
  /** 95%, bootstrap over contexts; null below MIN_CONTEXTS of them. */
  interval: [number, number] | null;
  nTokens: number;
  /** Contexts with at least one of those tokens. */
  nContexts: number;
}

const N_RESAMPLES = 2000;
/** A resample of fewer says little: the interval would be too narrow. */
const MIN_CONTEXTS = 5;

/** Mean change a token with its percentile bootstrap interval. Whole contexts are drawn with replacement, because tokens of one
 *  context are not independent; a resample's mean is its sum of changes over its sum of tokens. Deterministic for a seed.
 *  Contexts without tokens are left out. */
export function estimateEffect(sums: readonly ContextSum[], seed: number): EffectEstimate {
  const contexts = sums.filter(({ nTokens }) => nTokens > 0);
  const nTokens = contexts.reduce((sum, context) => sum + context.nTokens, 0);
  const total = contexts.reduce((sum, context) => sum + context.total, 0);
  const result = { mean: nTokens > 0 ? total / nTokens : 0, nTokens, nContexts: contexts.length };
  if (contexts.length < MIN_CONTEXTS) return { ...result, interval: null };
  const rng = Rng.fromSeed(seed, 'causal-bootstrap');
  const means = Float64Array.from({ length: N_RESAMPLES }, () => resampledMean(contexts, rng)).sort();
  const edge = (share: number) => means[Math.round(share * (N_RESAMPLES - 1))];
  return { ...result, interval: [edge(0.025), edge(0.975)] };
}

function resampledMean(contexts: readonly ContextSum[], rng: Rng): number {
  let [total, nTokens] = [0, 0];
  for (let i = 0; i < contexts.length; i++) {
    const drawn = contexts[rng.int(contexts.length)];
    total += drawn.total;
    nTokens += drawn.nTokens;
  }
  return total / nTokens;
}

/** The sum of a context's changes, [length] with NaN where there is none, over the positions that are asked for. */
export function sumOver(changes: Float32Array, positions: Iterable<number>): ContextSum {
  const sum = { total: 0, nTokens: 0 };
  for (const position of positions) {
    if (Number.isNaN(changes[position])) continue;
    sum.total += changes[position];
    sum.nTokens++;
  }
  return sum;
}
