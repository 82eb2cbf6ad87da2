import { tf } from '@featurescope/tensor';
import { startTestBackend } from '@featurescope/tensor/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BatchContext } from '../architectures/architecture.ts';
import { architectures, parameterNamesOf } from '../architectures/index.ts';
import { resolveTrainingConfig, type TrainingConfigInput } from '../config.ts';
import { projectOffRows } from '../decoder-constraint.ts';
import { type ParameterName, type ParameterTensors, parameterShape } from '../parameters.ts';
import { Rng } from '../rng.ts';
import { autogradGradients } from '../testing/autograd-loss.ts';
import { finiteDifferences, type PlainParameters, referenceLoss } from '../testing/reference-loss.ts';

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
  {
    name: 'topk with inner dictionaries, two dead',
    input: { architecture: 'topk', k: 3, prefixes: [2, 7, 14] },
    dead: [0, 9],
  },
  {
    name: 'topk of saelens with an inner dictionary',
    input: { architecture: 'topk', k: 3, preset: 'saelens', prefixes: [6, 14] },
    dead: [],
  },
  { name: 'batchtopk', input: { architecture: 'batchtopk', k: 2.5 }, dead: [] },
  { name: 'batchtopk, more dead than AuxK keeps', input: { architecture: 'batchtopk', k: 2 }, dead: [1, 4, 7, 10, 13] },
  { name: 'batchtopk, k above the number of positive acts', input: { architecture: 'batchtopk', k: 13 }, dead: [6] },
  {
    name: 'batchtopk of saelens, two dead',
    input: { architecture: 'batchtopk', k: 3, preset: 'saelens' },
    dead: [0, 5],
  },
  { name: 'matryoshka', input: { architecture: 'matryoshka', k: 3 }, dead: [] },
  {
    name: 'matryoshka, two prefixes',
    input: { architecture: 'matryoshka', k: 3, prefixes: [5, 14] },
    dead: [1, 4, 7, 10],
  },
  {
    name: 'matryoshka of saelens, two dead, b_dec not subtracted',
    input: { architecture: 'matryoshka', k: 3, preset: 'saelens', prefixes: [2, 7, 14], applyBDecToInput: false },
    dead: [0, 5],
  },
  ...(['step', 'tanh', 'quadratic'] as const).flatMap((sparsityLoss) => {
    const input = {
      architecture: 'jumprelu' as const,
      sparsityLoss,
      bandwidth: 0.8,
      straightThroughToInput: false,
      ...targetOf(sparsityLoss),
    };
    return [
      { name: `jumprelu, ${sparsityLoss}`, input, dead: [] },
      { name: `jumprelu of saelens, ${sparsityLoss}`, input: { ...input, preset: 'saelens' as const }, dead: [] },
      {
        name: `jumprelu, ${sparsityLoss}, to the input too`,
        input: { ...input, straightThroughToInput: true },
        dead: [],
      },
    ];
  }),
  ...(['featurescope', 'saelens'] as const).map((preset) => ({
    name: `jumprelu of ${preset}, dead latents drawn up`,
    input: {
      architecture: 'jumprelu' as const,
      preset,
      bandwidth: 0.8,
      straightThroughToInput: false,
      preActCoefficient: 0.7,
    },
    dead: [1, 4, 7, 10],
  })),
  { name: 'gated', input: { architecture: 'gated' }, dead: [] },
  { name: 'gated of saelens', input: { architecture: 'gated', preset: 'saelens' }, dead: [] },
  { name: 'gated, b_dec not subtracted', input: { architecture: 'gated', applyBDecToInput: false }, dead: [] },
];

function targetOf(sparsityLoss: string): { targetL0?: number } {
  return sparsityLoss === 'quadratic' ? { targetL0: 4 } : {};
}

/** Sizes of the parameters' random values; θ is positive. */
const sizes: Record<ParameterName, number> = {
  encoder: 0.5,
  decoder: 0.5,
  bEnc: 0.3,
  bDec: 0.5,
  threshold: 0.4,
  rMag: 0.3,
  bMag: 0.3,
};

function setUp({ input, dead }: Case, asked: Pick<BatchContext, 'wantsProjected'> = {}) {
  const config = resolveTrainingConfig({ ...input, dModel, nLatents, nSteps: 10 });
  const rng = Rng.fromSeed(3, 'gradients');
  const draw = (n: number, size: number) => Float32Array.from({ length: n }, () => size * rng.normal());
  const values = parameterNamesOf(config).map((name) => {
    const shape = parameterShape(name, config);
    const drawn = draw(
      shape.reduce((product, size) => product * size, 1),
      sizes[name],
    );
    // A constrained decoder has rows of norm 1, whose norms are no variables.
    if (name === 'decoder' && config.decoder === 'constrained') normaliseRows(drawn);
    return [name, shape, name === 'threshold' ? drawn.map(Math.abs) : drawn] as const;
  });
  const rows = draw(nRows * dModel, 1.5);
  const parameters = Object.fromEntries(
    values.map(([name, shape, value]) => [name, tf.tensor(value, shape)]),
  ) as unknown as ParameterTensors;
  const plain = Object.fromEntries(
    values.map(([name, , value]) => [name, Float64Array.from(value)]),
  ) as unknown as PlainParameters;
  const x = tf.tensor2d(rows, [nRows, dModel]);
  const context = { config, sparsityCoefficient, deadLatents: Int32Array.from(dead), ...asked };
  return {
    config,
    parameters,
    plain,
    x,
    batch: { x: Float64Array.from(rows), deadLatents: dead, sparsityCoefficient },
    outcome: architectures[config.architecture].batch(x, parameters, context),
  };
}

function normaliseRows(matrix: Float32Array): void {
  for (let at = 0; at < matrix.length; at += dModel) {
    const norm = Math.hypot(...matrix.subarray(at, at + dModel));
    for (let j = 0; j < dModel; j++) matrix[at + j] /= norm;
  }
}

function valuesOf(gradients: ParameterTensors, name: ParameterName): ArrayLike<number> {
  return (gradients[name] as tf.Tensor).dataSync();
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
    expect(testCase.dead.length > 0 || config.architecture === 'gated').toBe(outcome.auxLoss > 0);
  });

  it('has gradients equal to autograd', () => {
    const { config, parameters, x, outcome } = setUp(testCase);
    const expected = autogradGradients(x, parameters, { config, deadLatents: testCase.dead, sparsityCoefficient });
    for (const name of parameterNamesOf(config)) {
      // Both in float32, summed in different orders.
      expect(relativeError(valuesOf(outcome.gradients, name), valuesOf(expected, name)), name).toBeLessThan(1e-5);
    }
  });
});

/** Differences see no jump: what straight-through estimates make of one is compared with autograd alone. */
const withoutEstimates = cases.filter(({ input }) => !input.straightThroughToInput);

it.each(withoutEstimates)('has gradients equal to finite differences: $name', (testCase) => {
  const { config, plain, batch, outcome } = setUp(testCase);
  const expected = finiteDifferences(plain, batch, config);
  for (const name of parameterNamesOf(config)) {
    if (name === 'threshold') continue;
    // Float32 products against float64 differences with a step of 1e-6 (error about 1e-8 of the loss).
    expect(relativeError(valuesOf(outcome.gradients, name), expected[name] ?? []), name).toBeLessThan(2e-5);
  }
});

const projecting = cases.filter(({ input }) => ['topk', 'batchtopk', 'matryoshka'].includes(input.architecture ?? ''));

it.each(projecting)('projects the decoder’s gradient as it would be afterwards: $name', (testCase) => {
  const asked = setUp(testCase, { wantsProjected: true });
  const whole = setUp(testCase);
  const isConstrained = asked.config.decoder === 'constrained';
  expect([asked.outcome.isProjected, whole.outcome.isProjected]).toEqual([isConstrained, false]);
  const raw = whole.outcome.gradients.decoder;
  const expected = isConstrained ? projectOffRows(raw, whole.parameters.decoder) : raw;
  // The same sums in another order.
  expect(relativeError(valuesOf(asked.outcome.gradients, 'decoder'), expected.dataSync())).toBeLessThan(1e-5);
  for (const name of ['encoder', 'bEnc', 'bDec'] as const)
    expect(valuesOf(asked.outcome.gradients, name)).toEqual(valuesOf(whole.outcome.gradients, name));
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
  const outcome = architectures.topk.batch(x, parameters, {
    config,
    deadLatents: new Int32Array(0),
    sparsityCoefficient: 0,
  });
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
  const outcome = architectures.topk.batch(tf.tensor2d([1, 0, 0, 1], [2, 2]), parameters, {
    config,
    deadLatents: new Int32Array(0),
    sparsityCoefficient: 0,
  });
  // Row (1, 0) ties latents 0, 1, 2; row (0, 1) keeps latent 3 and, of the zeros, none that fires.
  expect([...outcome.fired]).toEqual([1, 1, 0, 1]);
});
