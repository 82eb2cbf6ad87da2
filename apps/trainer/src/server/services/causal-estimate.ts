import type { CausalEstimate } from '@featurescope/contracts';
import type { ModelConfig } from '@featurescope/lm/config';
import { forwardSeconds } from './run-estimate.ts';

/** Passes that clamping candidates, their peers and random directions takes: one of each in every context where it fires. */
export function rankingPasses(candidates: { density: number }[], contexts: { count: number; size: number }): number {
  const perContext = candidates.reduce(
    // Where firings were spread evenly; they come in clusters, so there are fewer.
    (sum, { density }) => sum + 3 * (1 - (1 - Math.min(1, density)) ** contexts.size),
    2,
  );
  return Math.round(perContext * contexts.count);
}

/** Passes of a feature's check, as packages/interp counts them; peers are read in half as many contexts. */
export function featureCheckPasses({ nContexts, nNulls }: { nContexts: number; nNulls: number }): number {
  return (3 + nNulls) * nContexts + 3 * 10 + 3 * nNulls * Math.ceil(nContexts / 2);
}

const unmeasuredGflops = 100;
const startSeconds = 3;

export interface CausalEstimateInputs {
  nPasses: number;
  config: ModelConfig;
  /** Block whose output is changed. */
  layer: number;
  contextSize: number;
  matmulGflops: number | null;
  measured: { secondsPerPass: number; nChecks: number } | null;
}

/** From what earlier checks with the model took; without any, from operation counts: most passes run from the hook to the end. */
export function estimateCausalCheck(inputs: CausalEstimateInputs): CausalEstimate {
  const { nPasses, measured, config, layer, contextSize } = inputs;
  if (measured) {
    const { secondsPerPass, nChecks } = measured;
    const basis = `What ${nChecks === 1 ? 'an earlier check' : `${nChecks} earlier checks`} with this model took a pass`;
    return { nPasses, seconds: nPasses * secondsPerPass, basis };
  }
  const gflops = inputs.matmulGflops ?? unmeasuredGflops;
  const perToken =
    forwardSeconds(config, config.nLayers, gflops) -
    forwardSeconds(config, Math.min(layer + 1, config.nLayers - 1), gflops);
  const basis = `Operation counts at ${Math.round(gflops)} GFLOP/s; expect a factor of two either way`;
  return { nPasses, seconds: startSeconds + nPasses * contextSize * perToken, basis };
}
