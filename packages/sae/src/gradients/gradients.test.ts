import { tf } from '@featurescope/tensor';
import { startTestBackend } from '@featurescope/tensor/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { resolveTrainingConfig, type TrainingConfigInput } from '../config.ts';
import { Rng } from '../rng.ts';
import { autogradGradients } from '../testing/autograd-loss.ts';
import { finiteDifferences, type PlainParameters, referenceLoss } from '../testing/reference-loss.ts';
import { type ParameterTensors, parameterNames } from './batch-outcome.ts';
import { standardBatch } from './standard.ts';
import { topKBatch } from './top-k.ts';

const [nRows, dModel, nLatents] = [7, 6, 14];
const sparsityCoefficient = 0.3;

interface Case {
  name: string;
  input: Partial<TrainingConfigInput> & Pick<TrainingConfigInput, 'architecture'>;
  dead: number[];
}

/** ⌊dModel/2⌋ is 3: five dead latents compete in AuxK, two do not. */
const cases: Case[] = [
  { name: 'standard, constrained', input: { architecture: 'standard' }, dead: [] },
  { name: 'standard, free', input: { architecture: 'standard', preset: 'saelens' }, dead: [] },
  { name: 'standard, b_dec not subtracted', input: { architecture: 'standard', applyBDecToInput: false }, dead: [] },
  { name: 'topk', input: { architecture: 'topk', k: 3 }, dead: [] },
  { name: 'topk, more dead than AuxK keeps', input: { architecture: 'topk', k: 3 }, dead: [1, 4, 7, 10, 13] },
  { name: 'topk, two dead', input: { architecture: 'topk', k: 3 }, dead: [0, 5] },
  {
    name: 'topk, all dead',
    input: { architecture: 'topk', k: 3 },
    dead: Array.from({ length: nLatents }, (_, i) => i),
  },
  {
    name: 'topk, b_dec not subtracted',
    input: { architecture: 'topk', k: 3, applyBDecToInput: false },
    dead: [2, 3, 8, 9],
  },
  { name: 'topk, k above the number of positive acts', input: { architecture: 'topk', k: 13 }, dead: [6] },
  { name: 'topk of saelens', input: { architecture: 'topk', k: 3, preset: 'saelens' }, dead: [] },
  {
    name: 'topk of saelens, more dead than AuxK keeps',
    input: { architecture: 'topk', k: 3, preset: 'saelens' },
    dead: [1, 4, 7, 10, 13],
  },
  { name: 'topk of saelens, two dead', input: { architecture: 'topk', k: 3, preset: 'saelens' }, dead: [0, 5] },
];

function setUp({ input, dead }: Case) {
  const config = resolveTrainingConfig({ ...input, dModel, nLatents, nSteps: 10 });
  const rng = Rng.fromSeed(3, 'gradients');
  const draw = (n: number, size: number) => Float32Array.from({ length: n }, () => size * rng.normal());
  const values = {
    encoder: draw(nLatents * dModel, 0.5),
    decoder: draw(nLatents * dModel, 0.5),
    bEnc: draw(nLatents, 0.3),
    bDec: draw(dModel, 0.5),
  };
  const rows = draw(nRows * dModel, 1.5);
  const parameters: ParameterTensors = {
    encoder: tf.tensor2d(values.encoder, [nLatents, dModel]),
    decoder: tf.tensor2d(values.decoder, [nLatents, dModel]),
    bEnc: tf.tensor1d(values.bEnc),
    bDec: tf.tensor1d(values.bDec),
  };
  const plain = Object.fromEntries(
    parameterNames.map((name) => [name, Float64Array.from(values[name])]),
  ) as PlainParameters;
  const x = tf.tensor2d(rows, [nRows, dModel]);
  const outcome =
    config.architecture === 'standard'
      ? standardBatch(x, parameters, { config, sparsityCoefficient })
      : topKBatch(x, parameters, { config, deadLatents: Int32Array.from(dead) });
  return {
    config,
    parameters,
    plain,
    x,
    batch: { x: Float64Array.from(rows), deadLatents: dead, sparsityCoefficient },
    outcome,
  };
}

/** Largest difference relative to the largest entry of the expected array. */
function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  const size = Math.max(...Array.from(expected, Math.abs));
  expect(size).toBeGreaterThan(0);
  return Math.max(...Array.from(expected, (value, i) => Math.abs(value - actual[i]))) / size;
}

beforeAll(async () => {
  await startTestBackend();
});

describe.each(cases)('$name', (testCase) => {
  it('has the loss of its definition', () => {
    const { config, plain, batch, outcome } = setUp(testCase);
    const expected = referenceLoss(plain, batch, { config });
    // Sums of some hundred float32 products against float64.
    expect(outcome.loss).toBeCloseTo(expected.loss, 4);
    expect(outcome.auxLoss).toBeCloseTo(expected.auxLoss, 4);
    expect(testCase.dead.length > 0).toBe(outcome.auxLoss > 0);
  });

  it('has gradients equal to finite differences', () => {
    const { config, plain, batch, outcome } = setUp(testCase);
    const expected = finiteDifferences(plain, batch, config);
    for (const name of parameterNames) {
      // Float32 products against float64 differences with a step of 1e-6 (error about 1e-8 of the loss).
      expect(relativeError(outcome.gradients[name].dataSync(), expected[name]), name).toBeLessThan(2e-5);
    }
  });

  it('has gradients equal to autograd', () => {
    const { config, parameters, x, outcome } = setUp(testCase);
    const expected = autogradGradients(x, parameters, { config, deadLatents: testCase.dead, sparsityCoefficient });
    for (const name of parameterNames) {
      // Both in float32, summed in different orders.
      expect(relativeError(outcome.gradients[name].dataSync(), expected[name].dataSync()), name).toBeLessThan(1e-5);
    }
  });
});

it('reports L0, L1, MSE, FVU and who fired by hand: two rows, three latents', () => {
  // pre = x: rows (2, −1, 0) and (1, 3, −2); x̂ = the kept positive entries. k = 2 keeps (2, 0) and (1, 3).
  const config = resolveTrainingConfig({ architecture: 'topk', k: 2, dModel: 3, nLatents: 3, nSteps: 1 });
  const identity = [1, 0, 0, 0, 1, 0, 0, 0, 1];
  const parameters: ParameterTensors = {
    encoder: tf.tensor2d(identity, [3, 3]),
    decoder: tf.tensor2d(identity, [3, 3]),
    bEnc: tf.zeros([3]),
    bDec: tf.zeros([3]),
  };
  const x = tf.tensor2d([2, -1, 0, 1, 3, -2], [2, 3]);
  const outcome = topKBatch(x, parameters, { config, deadLatents: new Int32Array(0) });
  // e² = 1 (the −1) + 4 (the −2); x̄ = (1.5, 1, −1), Σ‖x − x̄‖² = 2·(0.25 + 4 + 1) = 10.5.
  expect(outcome.mse).toBeCloseTo(2.5, 6);
  expect(outcome.fvu).toBeCloseTo(5 / 10.5, 6);
  expect(outcome.loss).toBeCloseTo(5 / 10.5, 6);
  expect(outcome.l0).toBe(1.5);
  expect(outcome.l1).toBe(3);
  expect([...outcome.fired]).toEqual([1, 1, 0]);
  // G = 2e/10.5 with e = x̂ − x = (0, 1, 0), (0, 0, 2); f: latent 0 on both rows, latent 1 on the second.
  const g = 2 / 10.5;
  const expected = [0, 2 * g, 2 * g, 0, 0, 6 * g, 0, 0, 0];
  expect(relativeError(outcome.gradients.decoder.dataSync(), expected)).toBeLessThan(1e-6);
});

it('keeps the lower latent where pre-activations tie', () => {
  const config = resolveTrainingConfig({ architecture: 'topk', k: 2, dModel: 2, nLatents: 4, nSteps: 1 });
  const parameters: ParameterTensors = {
    encoder: tf.tensor2d([1, 0, 1, 0, 1, 0, 0, 1], [4, 2]),
    decoder: tf.tensor2d([1, 0, 0, 1, 1, 0, 0, 1], [4, 2]),
    bEnc: tf.zeros([4]),
    bDec: tf.zeros([2]),
  };
  const outcome = topKBatch(tf.tensor2d([1, 0, 0, 1], [2, 2]), parameters, { config, deadLatents: new Int32Array(0) });
  // Row (1, 0) ties latents 0, 1, 2; row (0, 1) keeps latent 3 and, of the zeros, none that fires.
  expect([...outcome.fired]).toEqual([1, 1, 0, 1]);
});
