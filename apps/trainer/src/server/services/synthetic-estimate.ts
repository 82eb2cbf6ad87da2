import { type CreateSyntheticRun, type Generator, generatorShape, type RunEstimate } from '@featurescope/contracts';
import {
  baseMemoryBytes,
  basisOf,
  encoderSeconds,
  evidenceBytes,
  keptCheckpoints,
  startSeconds,
  stepCount,
  stepSeconds,
  unmeasuredGflops,
} from './run-estimate.ts';

/** Products of the truths with one another that pushing them apart takes: two a step, of two operations each. */
const orthogonalisingOperations = 800;
/** Making one active truth of a sample: its draw, and adding its direction. */
const secondsPerActive = 50e-9;
const secondsPerAddedValue = 1e-9;
/** Training the toy model of superposition: 4,000 batches of 256. A weight takes part twice in every row, and six times more where its
 *  feature is active. */
const toyModelRows = 4000 * 256;
const secondsPerToyWeight = 1.6e-9;
/** Training the classifier: 300 batches of 128, and its activations of 4,096 points. */
const classifierRows = 300 * 128 + 4096;
const secondsPerTrainedWeight = 4e-9;
/** Of training, goes into the live recovery curves at most. */
const probeShare = 0.1;
const measuredDictionaries = 3;

/** Seconds, memory and disk of a run on synthetic data, from operation counts. matmulGflops: null when nothing has measured it. */
export function estimateSyntheticRun(run: CreateSyntheticRun, matmulGflops: number | null): RunEstimate {
  const { generator, nLatents, batchSize } = run;
  const { nEvaluationSamples } = generator;
  const { nTruths, dModel } = generatorShape(generator);
  const gflops = matmulGflops ?? unmeasuredGflops;
  const world = worldSeconds(generator, gflops);
  const perSample = sampleSeconds(generator);
  const drawn = Math.min(run.nTokens, generator.nSamples ?? run.nTokens);
  const encode = encoderSeconds(dModel, nLatents, gflops);
  const breakdown: RunEstimate['breakdown'] = [
    { stage: 'prepare', seconds: startSeconds + world },
    {
      stage: 'train',
      seconds: (1 + probeShare) * run.nTokens * stepSeconds({ ...run, width: dModel }, gflops) + drawn * perSample,
    },
    { stage: 'evaluate', seconds: measuredDictionaries * nEvaluationSamples * (perSample + 2 * encode) },
    { stage: 'index', seconds: startSeconds + world + nEvaluationSamples * (perSample + 2 * encode) },
  ];
  const dictionaryBytes = 4 * (2 * dModel * nLatents + nLatents + dModel);
  const heldRows = 4 * dModel * (generator.nSamples ?? 0);
  return {
    seconds: breakdown.reduce((sum, part) => sum + part.seconds, 0),
    // Cosines with their copies, and counts, of every pair of a truth and a latent.
    memoryBytes:
      baseMemoryBytes + heldRows + 5 * dictionaryBytes + 4 * 3 * batchSize * nLatents + 4 * 5 * nTruths * nLatents,
    diskBytes: dictionaryBytes * (3 * keptCheckpoints + 1) + nLatents * (evidenceBytes / 4 + 4 * dModel),
    nSteps: stepCount(run),
    basis: basisOf(0, matmulGflops),
    breakdown,
    storedActivations: { sizeBytes: 0, presentBytes: 0, quotaBytes: 0 },
  };
}

/** What a world takes before it can draw a sample. */
function worldSeconds(generator: Generator, gflops: number): number {
  if (generator.kind === 'superposition')
    return (
      toyModelRows * generator.nTruths * generator.dModel * (2 + 6 * (1 - generator.sparsity)) * secondsPerToyWeight
    );
  if (generator.kind === 'classes') return classifierRows * weightsOf(generator) * secondsPerTrainedWeight;
  if (generator.directions === 'random') return 0;
  return (orthogonalisingOperations * generator.nTruths ** 2 * generator.dModel) / (gflops * 1e9);
}

const weightsOf = ({ nClasses, nInputs, nHidden }: Extract<Generator, { kind: 'classes' }>) =>
  nHidden * (nInputs + nClasses);

function sampleSeconds(generator: Generator): number {
  if (generator.kind === 'classes')
    return generator.nInputs * secondsPerActive + weightsOf(generator) * secondsPerAddedValue;
  const { nTruths, dModel } = generator;
  if (generator.kind === 'superposition')
    return nTruths * (secondsPerActive + (1 - generator.sparsity) * dModel * secondsPerAddedValue);
  const { activity, correlation, hierarchy } = generator;
  const nActive = activity.kind === 'range' ? (activity.min + activity.max) / 2 : nTruths * activity.probability;
  // With structure, every truth is drawn; else only those that fire.
  const nDrawn = correlation || hierarchy ? nTruths : nActive;
  return nDrawn * secondsPerActive + nActive * dModel * secondsPerAddedValue;
}
