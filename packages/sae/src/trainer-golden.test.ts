import { tf } from '@featurescope/tensor';
import { startTestBackend } from '@featurescope/tensor/testing';
import { beforeAll, expect, it } from 'vitest';
import definitions from '../reference/five-steps.golden.json' with { type: 'json' };
import independent from '../reference/saelens-five-steps.golden.json' with { type: 'json' };
import { architectures, parameterNamesOf } from './architectures/index.ts';
import { resolveTrainingConfig, type TrainingConfigInput } from './config.ts';
import { DeadLatents } from './dead-latents.ts';
import { selectInBlocks } from './gradients/selection.ts';
import { type ParameterTensors, type PerParameter, parameterShape, perParameter } from './parameters.ts';
import { Rng } from './rng.ts';
import type { SaeWeights } from './sae-weights.ts';
import { SparseAutoencoder } from './sparse-autoencoder.ts';
import { SaeTrainer } from './trainer.ts';
import type { TrainerState } from './trainer-state.ts';

beforeAll(async () => {
  await startTestBackend();
});

interface Golden {
  config: Record<string, unknown>;
  initial: PerParameter<number[]>;
  tokensSinceFired: number[];
  rows: number[][];
  steps: {
    loss: number;
    auxLoss: number;
    gradNorm: number;
    learningRate: number;
    nDead: number;
    l0: number;
    gradients?: PerParameter<number[]>;
    active?: number[];
    threshold?: number;
  }[];
  final: PerParameter<number[]>;
  scale?: number;
  saved?: Record<string, number[]>;
}

/** From the definitions, differentiated automatically in float64; and from SAELens itself and plain torch, in float32. */
const golden = { ...definitions, ...independent } as unknown as Record<string, Golden>;

/** A state at step 0 with the reference's own start. */
function stateOf({ config, initial, tokensSinceFired }: Golden): TrainerState {
  const resolved = resolveTrainingConfig({
    ...(config as unknown as TrainingConfigInput),
    normalizeActivations: 'none',
    resampleSteps: [],
  });
  return {
    config: resolved,
    step: 0,
    scale: 1,
    firstFvu: null,
    parameters: perParameter(parameterNamesOf(resolved), (name) => {
      const value = Float32Array.from(initial[name] as number[]);
      return { value, firstMoment: new Float32Array(value.length), secondMoment: new Float32Array(value.length) };
    }),
    batchThreshold: 0,
    tokensSinceFired: Float64Array.from(tokensSinceFired),
    rng: Rng.fromSeed(0).state(),
    resampleRows: new Float32Array(0),
  };
}

/** ‖a − b‖ / ‖b‖ */
function relativeL2(given: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(given.length).toBe(expected.length);
  let [difference, size] = [0, 0];
  for (let at = 0; at < given.length; at++) {
    difference += (given[at] - expected[at]) ** 2;
    size += expected[at] ** 2;
  }
  return Math.sqrt(difference / size);
}

function tensorsOf({ config, parameters }: TrainerState): ParameterTensors {
  return perParameter<tf.Tensor>(parameterNamesOf(config), (name) => {
    const value = parameters[name]?.value as Float32Array;
    // What a step starts with.
    return tf.tensor(
      name === 'threshold' ? value.map((theta) => Math.max(0, theta)) : value,
      parameterShape(name, config),
    );
  }) as ParameterTensors;
}

/** Gradients of the next step before projection and clipping, by parameter. */
function rawGradients(state: TrainerState, rows: Float32Array): PerParameter<ArrayLike<number>> {
  const { config, tokensSinceFired } = state;
  const { gradients } = architectures[config.architecture].batch(
    tf.tensor2d(rows, [config.batchSize, config.dModel]),
    tensorsOf(state),
    {
      config,
      sparsityCoefficient: config.l1Coefficient ?? config.l0Coefficient ?? 0,
      deadLatents: new DeadLatents(tokensSinceFired, config.deadAfterTokens).indices(),
    },
  );
  return perParameter(parameterNamesOf(config), (name) => (gradients[name] as tf.Tensor).dataSync());
}

/** Positions [row · nLatents + latent] of the activations that the next step keeps. */
function activePositions(state: TrainerState, rows: Float32Array): number[] {
  const { config } = state;
  const { nLatents, batchSize, k = 0 } = config;
  if (architectures[config.architecture].hasBatchThreshold) {
    const { encoder, decoder, bEnc, bDec } = tensorsOf(state);
    const input = tf.sub<tf.Tensor2D>(tf.tensor2d(rows, [batchSize, config.dModel]), bDec);
    const norms = tf.norm(decoder, 2, 1) as tf.Tensor1D;
    const selection = { within: 'batch', deadLatents: null } as const;
    const { kept } = selectInBlocks({ input, encoder, bEnc, norms }, k, selection);
    return positions(kept.rowOffsets, kept.columns, nLatents);
  }
  const trainer = SaeTrainer.restore(state);
  const sae = new SparseAutoencoder(trainer.inferenceConfig(), trainer.weights());
  const acts = sae.encodeSparse(rows, batchSize);
  trainer.dispose();
  sae.dispose();
  return positions(acts.rowOffsets, acts.indices, nLatents);
}

function positions(rowOffsets: Int32Array, columns: Int32Array, nColumns: number): number[] {
  return Array.from(rowOffsets.subarray(1)).flatMap((end, r) =>
    Array.from(columns.subarray(rowOffsets[r], end), (column) => r * nColumns + column),
  );
}

/** Those of which the reference says it. */
function casesWith(says: (reference: Golden) => boolean): [string, Golden][] {
  return Object.entries(golden).filter(([, reference]) => says(reference));
}

it.each(casesWith(() => true))('takes the five steps of the reference: %s', (_, reference) => {
  const state = stateOf(reference);
  const trainer = SaeTrainer.restore(state);
  reference.steps.forEach((expected, i) => {
    const metrics = trainer.step(Float32Array.from(reference.rows[i]));
    expect(metrics.nDead).toBe(expected.nDead);
    expect(metrics.l0).toBeCloseTo(expected.l0, 6);
    expect(metrics.learningRate).toBeCloseTo(expected.learningRate, 12);
    // Float32 against float64: six or seven digits, relative.
    for (const name of ['loss', 'auxLoss', 'gradNorm'] as const) {
      expect(Math.abs(metrics[name] - expected[name])).toBeLessThanOrEqual(1e-5 * Math.abs(expected[name]));
    }
  });
  const { parameters } = trainer.state();
  for (const name of parameterNamesOf(trainer.config)) {
    const { value } = parameters[name] as { value: Float32Array };
    const [from, to] = [reference.initial[name] ?? [], reference.final[name] ?? []];
    value.forEach((given, at) => {
      // Adam divides by √v: a gradient that is nearly zero keeps few digits, and a step is 0.02 at most.
      expect(Math.abs(given - to[at]), `${name}[${at}]`).toBeLessThan(2e-5);
    });
    const moved = relativeL2(
      value.map((given, at) => given - from[at]),
      to.map((expected, at) => expected - from[at]),
    );
    expect(moved, name).toBeLessThan(1e-4);
  }
  trainer.dispose();
});

it.each(casesWith(({ steps }) => steps[0].gradients !== undefined))(
  'has the raw gradients and active latents of the reference at every step: %s',
  (_, reference) => {
    const trainer = SaeTrainer.restore(stateOf(reference));
    reference.steps.forEach(({ gradients, active }, i) => {
      const rows = Float32Array.from(reference.rows[i]);
      const state = trainer.state();
      const given = rawGradients(state, rows);
      // Five steps of float32 on both sides.
      for (const name of parameterNamesOf(state.config))
        expect(relativeL2(given[name] ?? [], gradients?.[name] ?? []), `${name} of step ${i}`).toBeLessThan(1e-4);
      expect(activePositions(state, rows)).toEqual(active);
      trainer.step(rows);
    });
    trainer.dispose();
  },
);

it.each(casesWith(({ steps }) => steps[0].threshold !== undefined))(
  'keeps θ as a running mean in float64: %s',
  (_, reference) => {
    const trainer = SaeTrainer.restore(stateOf(reference));
    reference.steps.forEach(({ threshold }, i) => {
      trainer.step(Float32Array.from(reference.rows[i]));
      // The smallest kept activation is a float32 on both sides.
      expect(trainer.state().batchThreshold / (threshold as number)).toBeCloseTo(1, 5);
    });
    trainer.dispose();
  },
);

it.each(casesWith(({ saved }) => saved !== undefined))(
  'gives the weights that the reference saves for inference, input scale folded: %s',
  (_, reference) => {
    const trained = SaeTrainer.restore(stateOf(reference));
    for (const rows of reference.rows) trained.step(Float32Array.from(rows));
    const trainer = SaeTrainer.restore({ ...trained.state(), scale: reference.scale as number });
    const weights = trainer.weights();
    const bias = trainer.config.architecture === 'gated' ? 'b_gate' : 'b_enc';
    const names: Record<string, keyof SaeWeights> = {
      ...{ W_enc: 'wEnc', W_dec: 'wDec', [bias]: 'bEnc', b_dec: 'bDec', threshold: 'threshold', r_mag: 'rMag' },
      b_mag: 'bMag',
    };
    for (const [theirs, expected] of Object.entries(reference.saved ?? {})) {
      const given = weights[names[theirs]] as Float32Array;
      // SAELens saves a θ just below 0 as it is; its own next step would start by setting it to 0.
      const saved = theirs === 'threshold' ? expected.map((value) => Math.max(0, value)) : expected;
      expect(relativeL2(given, saved), theirs).toBeLessThan(1e-4);
    }
    trained.dispose();
    trainer.dispose();
  },
);
