import type { CreateRun, RunEstimate } from '@featurescope/contracts';
import type { ModelConfig } from '@featurescope/lm/config';

/** What earlier runs on this machine reached, for the same formula. */
export interface MeasuredRun {
  architecture: CreateRun['architecture'];
  nLatents: number;
  dModel: number;
  modelConfig: ModelConfig;
  layer: number;
  tokensPerSecond: number;
}

export interface EstimateInputs {
  run: CreateRun;
  config: ModelConfig;
  /** Block whose output is read; -1 for the embedding. */
  layer: number;
  /** Values for each activation. */
  width: number;
  /** Of the training tensor backend; null when nothing has measured it. */
  matmulGflops: number | null;
  measured: MeasuredRun[];
  /** Text that is to be tokenised; 0 when that was done for an earlier run. */
  untokenisedBytes: number;
  /** Tokens of the dataset that are held out; unknown: as many as an evaluation reads at most. */
  heldOutTokens?: number;
  storedActivations: RunEstimate['storedActivations'];
}

export const unmeasuredGflops = 100;
/** A training step's time over that of the encoder's matrix product alone, measured for d 576, 4,608 latents and k 32 on two cores:
 *  the rest is gradients, selection and Adam. topk and standard ranged from 4.2 to 5.3 and 5.4 to 7.8. */
const stepOverEncoder: Record<CreateRun['architecture'], number> = {
  topk: 5,
  batchtopk: 7,
  matryoshka: 7,
  jumprelu: 8,
  gated: 10,
  standard: 7,
};
/** Share of the matrix product's rate that a forward pass of the model reaches. */
const forwardEfficiency = 0.5;
/** As the worker's jobs have them. */
const maxEvaluationTokens = 1_000_000;
const splicedTokens = 32_768;
const indexTokens = 1_000_000;
/** Passes over the spliced tokens: clean, spliced, two ablations, and two of them at every position. */
const splicedPasses = 6;
/** Text that is tokenised and written in a second. */
const prepareBytesPerSecond = 2_000_000;
export const startSeconds = 3;
const secondsPerLabel = 0.01;
export const baseMemoryBytes = 400 * 1024 ** 2;
/** Evidence of one feature: 60 examples of up to 250 bytes, the direction apart. */
export const evidenceBytes = 15_000;
export const keptCheckpoints = 2;

/** Seconds, memory and disk of a run, from operation counts and rates. Rough: within a factor of two where nothing was
 *  measured, closer once a run on this machine has been. */
export function estimateRun(inputs: EstimateInputs): RunEstimate {
  const { run, config, layer, width, measured } = inputs;
  const heldOutTokens = Math.min(maxEvaluationTokens, inputs.heldOutTokens ?? maxEvaluationTokens);
  const gflops = inputs.matmulGflops ?? unmeasuredGflops;
  const correction = correctionFrom(measured, gflops);
  const stored = storedPart(inputs);
  const stepPerToken = correction * stepSeconds({ ...inputs, ...run }, gflops);
  const encodePerToken = correction * encoderSeconds(width, run.nLatents, gflops);
  const toHookPerToken = correction * forwardSeconds(config, layer + 1, gflops);
  const forwardPerToken = correction * forwardSeconds(config, config.nLayers, gflops);
  const breakdown: RunEstimate['breakdown'] = [
    { stage: 'prepare', seconds: startSeconds + inputs.untokenisedBytes / prepareBytesPerSecond },
    { stage: 'train', seconds: run.nTokens * (stepPerToken + (1 - stored.share) * toHookPerToken) },
    {
      stage: 'evaluate',
      seconds: heldOutTokens * (toHookPerToken + encodePerToken) + splicedTokens * splicedPasses * forwardPerToken,
    },
    { stage: 'index', seconds: indexTokens * (toHookPerToken + 2 * encodePerToken) },
    { stage: 'label', seconds: run.nLatents * secondsPerLabel },
  ];
  const dictionaryBytes = 4 * (2 * width * run.nLatents + run.nLatents + width);
  return {
    seconds: breakdown.reduce((sum, part) => sum + part.seconds, 0),
    // Besides what a sweep shares: weights, two moments and gradients; a batch's activations over all latents.
    memoryBytes: sharedMemoryBytes(inputs, width) + 5 * dictionaryBytes + 4 * 3 * run.batchSize * run.nLatents,
    diskBytes:
      dictionaryBytes * (3 * keptCheckpoints + 1) + run.nLatents * (evidenceBytes + 4 * width) + stored.missingBytes,
    nSteps: stepCount(run),
    basis: basisOf(measured.length, inputs.matmulGflops),
    breakdown,
    storedActivations: inputs.storedActivations,
  };
}

/** What of a run's activations is read from shards, which needs no forward pass, and what will be written to them. */
function storedPart({ run, storedActivations }: EstimateInputs): { share: number; missingBytes: number } {
  if (run.activations !== 'store') return { share: 0, missingBytes: 0 };
  const { sizeBytes, presentBytes } = storedActivations;
  return { share: presentBytes / Math.max(1, sizeBytes), missingBytes: sizeBytes - presentBytes };
}

/** What runs of a sweep have in common, in each one's own estimate: time of reading the text and running the model, memory of the
 *  process and of the model, stored activations. */
export function sharedBySweep(inputs: EstimateInputs): {
  prepareSeconds: number;
  modelSeconds: number;
  memoryBytes: number;
  diskBytes: number;
} {
  const { run, config, layer, width } = inputs;
  const gflops = inputs.matmulGflops ?? unmeasuredGflops;
  const { share, missingBytes } = storedPart(inputs);
  const harvestPerToken =
    (1 - share) * correctionFrom(inputs.measured, gflops) * forwardSeconds(config, layer + 1, gflops);
  return {
    prepareSeconds: startSeconds + inputs.untokenisedBytes / prepareBytesPerSecond,
    modelSeconds: run.nTokens * harvestPerToken,
    memoryBytes: sharedMemoryBytes(inputs, width),
    diskBytes: missingBytes,
  };
}

/** The process; the model; the shuffle buffer. */
function sharedMemoryBytes({ run, config }: EstimateInputs, width: number): number {
  return baseMemoryBytes + 4 * config.nParameters * 1.5 + 4 * width * 64 * run.batchSize;
}

/** Training steps: every token is one activation. */
export function stepCount(run: { nTokens: number; batchSize: number }): number {
  return Math.ceil(run.nTokens / run.batchSize);
}

export function basisOf(nMeasured: number, gflops: number | null): string {
  const rate = gflops === null ? 'an assumed matrix product rate' : `a measured ${Math.round(gflops)} GFLOP/s`;
  if (nMeasured === 0) return `Operation counts at ${rate}; expect a factor of two either way`;
  return `Operation counts at ${rate}, corrected by ${nMeasured} earlier ${nMeasured === 1 ? 'run' : 'runs'} on this machine`;
}

export function encoderSeconds(width: number, nLatents: number, gflops: number): number {
  return (2 * width * nLatents) / (gflops * 1e9);
}

/** One token through the first nBlocks blocks: two operations a parameter. */
export function forwardSeconds(config: ModelConfig, nBlocks: number, gflops: number): number {
  const attention = config.dModel * config.headDim * (2 * config.nHeads + 2 * config.nKvHeads);
  const block = attention + 3 * config.dModel * config.dMlp;
  const unembedding = nBlocks === config.nLayers ? config.dModel * config.vocabSize : 0;
  return (2 * (nBlocks * block + unembedding)) / (gflops * 1e9 * forwardEfficiency);
}

type TrainedDictionary = { architecture: CreateRun['architecture']; nLatents: number; width: number };

export function stepSeconds({ architecture, nLatents, width }: TrainedDictionary, gflops: number): number {
  return stepOverEncoder[architecture] * encoderSeconds(width, nLatents, gflops);
}

function trainSecondsPerToken(run: TrainedDictionary & { config: ModelConfig; layer: number }, gflops: number): number {
  return stepSeconds(run, gflops) + forwardSeconds(run.config, run.layer + 1, gflops);
}

/** Measured over predicted time, the geometric mean over earlier runs. */
function correctionFrom(measured: MeasuredRun[], gflops: number): number {
  if (measured.length === 0) return 1;
  const logs = measured.map((run) => {
    const predicted = trainSecondsPerToken({ ...run, width: run.dModel, config: run.modelConfig }, gflops);
    return Math.log(1 / run.tokensPerSecond / predicted);
  });
  return Math.exp(logs.reduce((sum, value) => sum + value, 0) / logs.length);
}
