/** Trains the bundled model; continues from its checkpoint when there is one. SIGTERM saves and ends.
 *  Usage: tsx scripts/model/train.ts [--run-directory D] [--peak-rate R] [--batch W] [--helpers N] [--decay-from T --decay-to T]
 *  T: token counts, or ISO times. With `--decay-to` the run ends there; without it, it goes on until told to stop. */
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { corpusCache } from './corpus/fetch-package.ts';
import { SeededRandom } from './seeded-random.ts';
import { adamSettings } from './training/adamw.ts';
import { loadCheckpoint, saveCheckpoint, type TrainingState } from './training/checkpoint.ts';
import { learningRateAt, parseDecay } from './training/learning-rate.ts';
import { muonSettings } from './training/muon.ts';
import { ParallelGradients } from './training/parallel-gradients.ts';
import { trainingRecipe } from './training/recipe.ts';
import { defaultRunDirectory } from './training/run-directory.ts';
import { applyGradient } from './training/trainer.ts';
import { WindowStream } from './training/window-stream.ts';
import { handLossAndGradients } from './transformer/hand-gradients.ts';
import { initialParameters } from './transformer/initialise.ts';
import { tinyShape } from './transformer/shape.ts';

const stepsPerPoint = 10;
const secondsPerCheckpoint = 240;

const { values: options } = parseArgs({
  options: {
    'run-directory': { type: 'string', default: defaultRunDirectory },
    'peak-rate': { type: 'string', default: String(trainingRecipe.peakLearningRate) },
    batch: { type: 'string', default: String(trainingRecipe.batchWindows) },
    'muon-factor': { type: 'string', default: String(trainingRecipe.muonFactor) },
    helpers: { type: 'string', default: '1' },
    'micro-batch': { type: 'string', default: String(trainingRecipe.microBatchWindows) },
    'decay-from': { type: 'string' },
    'decay-to': { type: 'string' },
  },
});
// Not `--directory`: the loader inside tfjs-node reads that one from the command line too.
const runDirectory = options['run-directory'];
const schedule = {
  peak: Number(options['peak-rate']),
  warmUpSteps: trainingRecipe.warmUpSteps,
  decay: parseDecay(options['decay-from'], options['decay-to']),
};

mkdirSync(runDirectory, { recursive: true });
const state = loadCheckpoint(runDirectory) ?? freshState();
const file = readFileSync(join(corpusCache, 'train.u16'));
const tokens = new Uint16Array(file.buffer, file.byteOffset, file.byteLength / 2);
const stream = new WindowStream(tokens, {
  length: tinyShape.contextLength,
  seed: trainingRecipe.seed,
  position: state.windowPosition,
});
console.log(`step ${state.step}, ${state.tokens} tokens seen; an epoch is ${stream.windowsPerEpoch} windows`);

const gradients = new ParallelGradients(Number(options.helpers), {
  shape: tinyShape,
  lossAndGradients: handLossAndGradients,
  microBatch: Number(options['micro-batch']),
});

let stopping = false;
process.on('SIGTERM', () => (stopping = true));
process.on('SIGINT', () => (stopping = true));
let lossSum = 0;
let nSummed = 0;
let lastCheckpoint = performance.now();
let lastPoint = { time: performance.now(), tokens: state.tokens };

while (!stopping) {
  const started = performance.now();
  const at = { step: state.step + 1, tokens: state.tokens, time: Date.now() };
  const { rate: learningRate, ended } = learningRateAt(schedule, at);
  if (ended) break;
  const batch = stream.next(Number(options.batch));
  const { loss: summedLoss, gradient } = await gradients.compute(state.parameters, batch);
  const loss = summedLoss / batch.inputs.length;
  if (!Number.isFinite(loss)) throw new Error(`Loss is ${loss} at step ${state.step}; the last checkpoint is kept`);
  const gradientNorm = applyGradient(state, gradient, batch.inputs.length, {
    shape: tinyShape,
    learningRate,
    clipNorm: trainingRecipe.clipNorm,
    adam: adamSettings,
    muon: { ...muonSettings, learningRateFactor: Number(options['muon-factor']) },
  });
  state.windowPosition = stream.position;
  state.seconds += (performance.now() - started) / 1000;
  lossSum += loss;
  nSummed += 1;
  if (state.step % stepsPerPoint === 0) report(learningRate, gradientNorm);
  if (performance.now() - lastCheckpoint > secondsPerCheckpoint * 1000) checkpoint();
}
gradients.close();
checkpoint();
console.log(`ended at step ${state.step}, ${state.tokens} tokens`);

function report(learningRate: number, gradientNorm: number): void {
  const point = {
    step: state.step,
    tokens: state.tokens,
    loss: round(lossSum / nSummed),
    learningRate: round(learningRate),
  };
  const rate = (1000 * (state.tokens - lastPoint.tokens)) / (performance.now() - lastPoint.time);
  state.history.push(point);
  appendFileSync(join(runDirectory, 'loss.jsonl'), `${JSON.stringify(point)}\n`);
  console.log(
    `${new Date().toISOString().slice(11, 19)} step ${point.step} tokens ${point.tokens} loss ${point.loss} lr ${point.learningRate} norm ${gradientNorm.toFixed(2)} ${rate.toFixed(0)} tokens/s`,
  );
  lossSum = 0;
  nSummed = 0;
  lastPoint = { time: performance.now(), tokens: state.tokens };
}

function checkpoint(): void {
  saveCheckpoint(runDirectory, state);
  lastCheckpoint = performance.now();
}

function round(value: number): number {
  return Number(value.toPrecision(5));
}

function freshState(): TrainingState {
  const parameters = initialParameters(tinyShape, new SeededRandom(trainingRecipe.seed));
  const zeros = () => new Float32Array(parameters.length);
  return {
    step: 0,
    tokens: 0,
    windowPosition: 0,
    seconds: 0,
    history: [],
    parameters,
    firstMoment: zeros(),
    secondMoment: zeros(),
  };
}
