import { startTestBackend } from '@featurescope/tensor/testing';
import { beforeAll, expect, it } from 'vitest';
import definitions from '../reference/five-steps.golden.json' with { type: 'json' };
import saelens from '../reference/saelens-five-steps.golden.json' with { type: 'json' };
import { resolveTrainingConfig, type TrainingConfigInput } from './config.ts';
import { commonParameterNames, type ParameterName } from './parameters.ts';
import { Rng } from './rng.ts';
import { SaeTrainer } from './trainer.ts';
import type { TrainerState } from './trainer-state.ts';

beforeAll(async () => {
  await startTestBackend();
});

type Golden = (typeof definitions)['topk with AuxK'];

/** From the definitions, differentiated automatically in float64; and from SAELens itself on torch in float32. */
const golden = { ...definitions, ...saelens };

/** A trainer at step 0 with the reference's own start. */
function trainerOf({ config, initial, tokensSinceFired }: Golden): SaeTrainer {
  const resolved = resolveTrainingConfig({
    ...(config as unknown as TrainingConfigInput),
    normalizeActivations: 'none',
    resampleSteps: [],
  });
  const snapshot = (name: (typeof commonParameterNames)[number]) => ({
    value: Float32Array.from(initial[name]),
    firstMoment: new Float32Array(initial[name].length),
    secondMoment: new Float32Array(initial[name].length),
  });
  const state: TrainerState = {
    config: resolved,
    step: 0,
    scale: 1,
    firstFvu: null,
    parameters: {
      encoder: snapshot('encoder'),
      decoder: snapshot('decoder'),
      bEnc: snapshot('bEnc'),
      bDec: snapshot('bDec'),
    },
    batchThreshold: 0,
    tokensSinceFired: Float64Array.from(tokensSinceFired),
    rng: Rng.fromSeed(0).state(),
    resampleRows: new Float32Array(0),
  };
  return SaeTrainer.restore(state);
}

it.each(Object.entries(golden) as [string, Golden][])('takes the five steps of the reference: %s', (_, reference) => {
  const trainer = trainerOf(reference);
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
  for (const name of commonParameterNames) {
    parameters[name].value.forEach((value, at) => {
      // Adam divides by √v: a gradient that is nearly zero keeps few digits, and a step is 0.02 at most.
      expect(Math.abs(value - reference.final[name][at]), `${name}[${at}]`).toBeLessThan(2e-5);
    });
  }
  trainer.dispose();
});
