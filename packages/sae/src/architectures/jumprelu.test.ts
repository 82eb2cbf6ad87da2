import { tf } from '@featurescope/tensor';
import { startTestBackend } from '@featurescope/tensor/testing';
import { beforeAll, expect, it } from 'vitest';
import { resolveTrainingConfig, type TrainingConfigInput } from '../config.ts';
import { syntheticRows } from '../testing/synthetic-rows.ts';
import { SaeTrainer } from '../trainer.ts';
import { architectures } from './index.ts';

const [dModel, batchSize] = [16, 64];
/** As DeepMind has it: a narrow window about a low threshold, and an estimate for θ alone. */
const narrow = { bandwidth: 0.05, initialThreshold: 0.01, straightThroughToInput: false };
const size = { architecture: 'jumprelu', dModel, nLatents: 48, nSteps: 300, batchSize, seed: 1 } as const;
const common = { ...size, ...narrow, sparsityWarmUpSteps: 15 };

beforeAll(async () => {
  await startTestBackend();
});

function train(config: Partial<TrainingConfigInput>, nSteps: number) {
  const rows = syntheticRows({ dModel, nTruths: 40, meanActive: 3, seed: 9 });
  const trainer = SaeTrainer.create({ ...common, ...config }, rows(batchSize));
  let last = trainer.step(rows(batchSize));
  for (let step = 1; step < nSteps; step++) last = trainer.step(rows(batchSize));
  const thresholds = trainer.state().parameters.threshold?.value as Float32Array;
  const weights = trainer.weights();
  trainer.dispose();
  return { last, thresholds, weights };
}

it('moves its thresholds: Adam on log θ would leave them where they began', () => {
  const learningRate = 1e-3;
  const { thresholds } = train({ learningRate, l0Coefficient: 1 }, 200);
  // Adam moves log θ by about the learning rate a step: after 200 steps θ would be .01 · e^.2 at most.
  const frozen = 0.01 * Math.exp(200 * learningRate);
  expect(Math.max(...thresholds)).toBeGreaterThan(3 * frozen);
});

it('reaches its target L0 from above and from below with the quadratic penalty', () => {
  for (const targetL0 of [3, 9]) {
    const { last } = train({ targetL0, learningRate: 3e-3, l0Coefficient: 0.5 }, 300);
    // Of a batch of 64 rows, while it still trains.
    expect(Math.abs(last.l0 - targetL0)).toBeLessThan(0.35 * targetL0);
  }
});

it('keeps thresholds from letting negative pre-activations through', () => {
  const first = { initialThreshold: 0.02, learningRate: 0.03, learningRateWarmUpSteps: 0, l0Coefficient: 0 };
  const { thresholds, weights } = train(first, 1);
  // Adam's first step is the learning rate against the gradient's sign: the next step, and what is saved, start from 0.
  expect(thresholds.some((theta) => theta < 0)).toBe(true);
  expect(Math.min(...(weights.threshold as Float32Array))).toBe(0);
});

it('starts as SAELens does under its preset: θ at its start, b_enc at 0', () => {
  const rows = syntheticRows({ dModel, nTruths: 40, meanActive: 3, seed: 9 });
  const trainer = SaeTrainer.create({ ...size, preset: 'saelens' }, rows(batchSize));
  const { threshold, bEnc } = trainer.state().parameters;
  trainer.dispose();
  expect(new Set(threshold?.value)).toEqual(new Set([Math.fround(0.01)]));
  expect(new Set(bEnc.value)).toEqual(new Set([0]));
});

it('has the straight-through gradients of a case worked by hand', () => {
  const config = resolveTrainingConfig({
    ...{ architecture: 'jumprelu', dModel: 2, nLatents: 2, nSteps: 1, bandwidth: 0.4 },
    ...{ decoder: 'free', sparsityLoss: 'step', straightThroughToInput: false },
  });
  const identity = tf.tensor2d([1, 0, 0, 1], [2, 2]);
  const parameters = {
    ...{ encoder: identity, decoder: identity, bEnc: tf.zeros<tf.Rank.R1>([2]), bDec: tf.zeros<tf.Rank.R1>([2]) },
    threshold: tf.tensor1d([0.5, 0.5]),
  };
  // pre = x: latent 0 is open at .6, near θ; closed at .4, near; latent 1 open at 2, far; closed at −1, far.
  const x = tf.tensor2d([0.6, 2, 0.4, -1], [2, 2]);
  const context = { config, sparsityCoefficient: 0.3, deadLatents: new Int32Array(0) };
  const outcome = architectures.jumprelu.batch(x, parameters, context);
  // e = x̂ − x: (0, 0) and (−.4, 1). loss = (.16 + 1)/2 + .3 · 2/2.
  expect(outcome.loss).toBeCloseTo(0.58 + 0.3, 6);
  expect(outcome.l0).toBe(1);
  // ∂f = G W_decᵀ = 2e/2: 0 and −.4 for latent 0. ∂θ = −Σ (θ/ε ∂f + λ/(2ε)) = −(2 · .15/.4 + .5/.4 · (−.4)).
  const [first, second] = (outcome.gradients.threshold as tf.Tensor1D).arraySync();
  expect(first).toBeCloseTo(-(0.75 - 0.5), 6);
  expect(second).toBeCloseTo(0, 12);
});
