import type { CreateDecomposition, CreateRun, RunEstimate } from '@featurescope/contracts';
import { type EstimateInputs, estimateRun, sharedBySweep } from '../run-estimate.ts';
import { fitBatchSize, latentsOf } from './fitted-run.ts';

/** Of an eigendecomposition in plain code, for the cube of the width: measured at 576, 1,024 and 2,048 on a busy machine. */
const secondsPerEigenCube = 6.5e-9;
/** Usual lengths of fits that end by themselves. */
const usualIterations = { ica: 80, nmf: 200 };
/** Steps of the least squares that encode a token with NMF. */
const usualCodeSteps = 150;
/** Tokens that are evaluated and indexed, as the worker's jobs have them. */
const encodedTokens = { evaluate: 250_000, index: 1_000_000 };
/** A text of an example list, in tokens. */
const usualTextTokens = 24;
const unmeasuredGflops = 100;

/** The training run that reads as many activations and has as many latents: what an estimate's other stages are taken from. */
export function standIn(request: CreateDecomposition, width: number): CreateRun {
  const { modelId, hookName, datasetId, seed, nTokens, activations } = request;
  return {
    ...{ modelId, hookName, datasetId, seed, nTokens, activations },
    ...{ architecture: 'topk', k: 1, nLatents: latentsOf(request, width), batchSize: fitBatchSize, learningRate: 1e-3 },
  };
}

/** Seconds, memory and disk of a fitted run: its own arithmetic in the place of training, all else as for a dictionary of its size. */
export function estimateDecomposition(request: CreateDecomposition, inputs: EstimateInputs): RunEstimate {
  const base = estimateRun(inputs);
  const shared = sharedBySweep(inputs);
  const gflops = inputs.matmulGflops ?? unmeasuredGflops;
  const fit = shared.modelSeconds + operations(request, inputs.width) / (gflops * 1e9) + fixedSeconds(request, inputs);
  const codes = request.architecture === 'nmf' ? (usualCodeSteps * 2 * request.nComponents ** 2) / (gflops * 1e9) : 0;
  const breakdown = base.breakdown.map(({ stage, seconds }) => {
    if (stage === 'train') return { stage: 'fit' as const, seconds: fit };
    const nEncoded = stage === 'evaluate' || stage === 'index' ? encodedTokens[stage] : 0;
    return { stage, seconds: seconds + nEncoded * codes };
  });
  const dictionaryBytes = 4 * 2 * inputs.width * inputs.run.nLatents;
  return {
    ...base,
    breakdown,
    seconds: breakdown.reduce((sum, part) => sum + part.seconds, 0),
    memoryBytes: shared.memoryBytes + 2 * dictionaryBytes + sampleBytes(request, inputs.width),
    diskBytes: base.diskBytes - 6 * dictionaryBytes,
    nSteps: 0,
  };
}

/** Floating-point operations in matrix products. */
function operations(request: CreateDecomposition, width: number): number {
  const { nTokens } = request;
  const moments = 2 * nTokens * width ** 2;
  if (request.architecture === 'neurons') return 0;
  if (request.architecture === 'ica') {
    const { nComponents } = request;
    return moments + usualIterations.ica * 4 * nTokens * nComponents ** 2;
  }
  if (request.architecture === 'nmf') {
    const rowWidth = request.signs === 'split' ? 2 * width : width;
    return usualIterations.nmf * 4 * nTokens * request.nComponents * (rowWidth + request.nComponents);
  }
  return moments;
}

/** What does not grow with the sample. */
function fixedSeconds(request: CreateDecomposition, inputsOfRun: EstimateInputs): number {
  const { config, layer, width, matmulGflops } = inputsOfRun;
  if (request.architecture === 'pca' || request.architecture === 'ica') return secondsPerEigenCube * width ** 3;
  if (request.architecture !== 'cav' || !request.tcav) return 0;
  const { inputs, nRepeats } = request.tcav;
  const passes = inputs.length * 2 * (1 + 2 * nRepeats);
  const perToken = (2 * config.nParameters * (config.nLayers - Math.max(0, layer))) / config.nLayers;
  return (passes * usualTextTokens * perToken) / ((matmulGflops ?? unmeasuredGflops) * 1e9 * 0.5);
}

function sampleBytes(request: CreateDecomposition, width: number): number {
  const moments = 8 * 2 * width ** 2;
  if (request.architecture === 'ica') return moments + 4 * request.nTokens * (width + 3 * request.nComponents);
  if (request.architecture !== 'nmf') return moments;
  const rowWidth = request.signs === 'split' ? 2 * width : width;
  return 4 * request.nTokens * (width + 2 * rowWidth + 3 * request.nComponents);
}
