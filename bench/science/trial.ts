import { SaeTrainer, type SyntheticData, type TrainingConfigInput } from '@featurescope/sae';
import type { SaelensTraining } from '../peers/saelens-training.ts';
import type { Recipe } from './data-sets.ts';
import { fvuOf, type Scores, scoresOf } from './scores.ts';

/** Rows that input scale, centre and density peaks are found on, and that BatchTopK's threshold is calibrated on. */
const [FIRST_ROWS, CALIBRATION_ROWS] = [8192, 100_000];

/** Steps that one side makes before it is the other's turn. */
const STEPS_A_TURN = 64;

export interface Trained extends Scores {
  /** In training steps alone, drawing the samples left out. */
  seconds: number;
}

export interface Trial {
  ours: Trained;
  untrained: Scores;
  /** SAELens from the same weights on the same rows; null where it was not asked for. */
  theirs: Trained | null;
}

export interface Task {
  recipe: Recipe;
  seed: number;
  nTestSamples: number;
}

/** Trains a recipe's dictionary on a world, by turns with SAELens where a peer is given, and measures it trained and untrained. */
export async function runTrial(data: SyntheticData, task: Task, peer: SaelensTraining | null): Promise<Trial> {
  const { recipe } = task;
  if (!recipe.slowestDecoder) return (await trainOnce(data, task, peer)).trial;
  let seconds = 0;
  for (const decoderLearningRateFactor of recipe.slowestDecoder.factors) {
    const config = { ...recipe.config, decoderLearningRateFactor };
    const { trial, trainingFvu } = await trainOnce(data, { ...task, recipe: { ...recipe, config } }, peer);
    seconds += trial.ours.seconds;
    const isLast = decoderLearningRateFactor === recipe.slowestDecoder.factors.at(-1);
    if (trainingFvu <= recipe.slowestDecoder.fvu || isLast) return { ...trial, ours: { ...trial.ours, seconds } };
  }
  throw new Error(`${recipe.name} names no decoder learning rate`);
}

async function trainOnce(
  data: SyntheticData,
  { recipe, seed, nTestSamples }: Task,
  peer: SaelensTraining | null,
): Promise<{ trial: Trial; trainingFvu: number }> {
  const input: TrainingConfigInput = { ...recipe.config, seed };
  const nFirst = Math.min(data.spec.nSamples ?? FIRST_ROWS, FIRST_ROWS);
  const first = data.samples(data.spec.nSamples === null ? 'first' : 'training', 0, nFirst);
  const trainer = SaeTrainer.create(input, first.rows);
  const untrained = scoresOf(data, calibrated(SaeTrainer.restore(trainer.state()), data), nTestSamples);
  await peer?.begin(trainer);
  const { nSteps, batchSize } = trainer.config;
  const seconds = { ours: 0, theirs: 0 };
  for (let start = 0; start < nSteps; start += STEPS_A_TURN) {
    const n = Math.min(STEPS_A_TURN, nSteps - start);
    const batches = Array.from({ length: n }, (_, i) => data.trainingBatch(start + i, batchSize));
    const startedAt = performance.now();
    for (const batch of batches) trainer.step(batch);
    seconds.ours += (performance.now() - startedAt) / 1000;
    if (peer) seconds.theirs += await peer.train(batches);
  }
  const dictionary = calibrated(trainer, data);
  const ours = { ...scoresOf(data, dictionary, nTestSamples), seconds: seconds.ours };
  const theirs = peer && { ...scoresOf(data, await peer.end(), nTestSamples), seconds: seconds.theirs };
  return { trial: { ours, untrained, theirs }, trainingFvu: fvuOf(dictionary, first) };
}

/** Its dictionary; the trainer is disposed of. Preset saelens keeps the threshold that training has found. */
function calibrated(trainer: SaeTrainer, data: SyntheticData) {
  const { architecture, preset } = trainer.config;
  const isUntrained = trainer.stepsDone === 0;
  const hasThreshold = architecture === 'batchtopk' || architecture === 'matryoshka';
  if (hasThreshold && (preset === 'featurescope' || isUntrained))
    trainer.calibrate(data.samples('calibration', 0, CALIBRATION_ROWS).rows);
  const dictionary = { config: trainer.inferenceConfig(), weights: trainer.weights() };
  trainer.dispose();
  return dictionary;
}
