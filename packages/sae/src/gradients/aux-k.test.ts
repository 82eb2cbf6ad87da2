import { tf } from '@featurescope/tensor';
import { startTestBackend } from '@featurescope/tensor/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { architectures } from '../architectures/index.ts';
import { resolveTrainingConfig, type TrainingConfigInput } from '../config.ts';
import type { ParameterTensors } from '../parameters.ts';
import { Rng } from '../rng.ts';

const [nRows, dModel, nLatents] = [16, 8, 20];
const dead = [3, 4, 11, 12, 19];

beforeAll(async () => {
  await startTestBackend();
});

/** Every value times `size` where it lives in the space of x. */
function batchOf(
  architecture: TrainingConfigInput['architecture'],
  preset: TrainingConfigInput['preset'],
  { deadLatents = dead, size = 1, bDecShift = 0 } = {},
) {
  const config = resolveTrainingConfig({ architecture, k: 3, preset, dModel, nLatents, nSteps: 1 });
  const rng = Rng.fromSeed(5);
  const draw = (n: number, scale: number) => Float32Array.from({ length: n }, () => scale * rng.normal());
  const shifted = (values: Float32Array) => values.map((value) => value + bDecShift);
  const parameters: ParameterTensors = {
    encoder: tf.tensor2d(draw(nLatents * dModel, 1), [nLatents, dModel]),
    decoder: tf.tensor2d(draw(nLatents * dModel, 1), [nLatents, dModel]),
    bEnc: tf.tensor1d(draw(nLatents, 0.1 * size)),
    bDec: tf.tensor1d(shifted(draw(dModel, size))),
  };
  const x = tf.tensor2d(shifted(draw(nRows * dModel, size)), [nRows, dModel]);
  const context = { config, deadLatents: Int32Array.from(deadLatents), sparsityCoefficient: 0 };
  return architectures[architecture].batch(x, parameters, context);
}

function rows(tensor: tf.Tensor): number[][] {
  return tensor.arraySync() as number[][];
}

describe.each(['topk', 'batchtopk', 'matryoshka'] as const)('%s', (architecture) => {
  const batch = (preset: TrainingConfigInput['preset'], options = {}) => batchOf(architecture, preset, options);

  it('reaches the encoder, decoder and bias rows of dead latents, which the main loss never does', () => {
    // Only latents that did not fire on this batch, so that nothing but AuxK can move them.
    const { fired } = batch('featurescope', { deadLatents: [] });
    const silent = [...fired].flatMap((flag, i) => (flag ? [] : [i])).slice(0, dModel / 2);
    expect(silent.length).toBeGreaterThan(0);
    const without = batch('featurescope', { deadLatents: [] }).gradients;
    const withAux = batch('featurescope', { deadLatents: silent }).gradients;
    for (const latent of silent) {
      expect(rows(without.encoder)[latent].every((value) => value === 0)).toBe(true);
      expect(rows(withAux.encoder)[latent].some((value) => value !== 0)).toBe(true);
      expect(rows(withAux.decoder)[latent].some((value) => value !== 0)).toBe(true);
      expect(withAux.bEnc.arraySync()[latent]).not.toBe(0);
    }
  });

  it('leaves the rows of living latents as they are', () => {
    const without = batch('featurescope', { deadLatents: [] }).gradients;
    const withAux = batch('featurescope').gradients;
    for (let latent = 0; latent < nLatents; latent++) {
      if (dead.includes(latent)) continue;
      expect(rows(withAux.encoder)[latent]).toEqual(rows(without.encoder)[latent]);
      expect(rows(withAux.decoder)[latent]).toEqual(rows(without.decoder)[latent]);
    }
  });

  it('enters the loss exactly once', () => {
    for (const preset of ['featurescope', 'saelens'] as const) {
      const withAux = batch(preset);
      expect(withAux.auxLoss).toBeGreaterThan(0);
      expect(withAux.loss - batch(preset, { deadLatents: [] }).loss).toBeCloseTo(withAux.auxLoss, 5);
    }
  });

  it('does not add b_dec to what the dead latents reconstruct', () => {
    // Moving x and b_dec together moves neither pre-activations nor residual: only a stray b_dec would show.
    for (const preset of ['featurescope', 'saelens'] as const) {
      const [still, moved] = [batch(preset), batch(preset, { bDecShift: 3 })];
      // The shift costs float32 digits of x − b_dec.
      expect(moved.auxLoss / still.auxLoss).toBeCloseTo(1, 4);
    }
  });

  it('weighs the same against the main loss whatever the scale of x, in the normalised form', () => {
    const [small, large] = [batch('featurescope'), batch('featurescope', { size: 100 })];
    expect(large.auxLoss / small.auxLoss).toBeCloseTo(1, 4);
    expect(large.loss / small.loss).toBeCloseTo(1, 4);
  });

  it('shrinks with few dead latents in the form of saelens', () => {
    // One of ⌊8/2⌋ = 4: a quarter of the mean squared difference, which is at most the residual's own size or so.
    const one = batch('saelens', { deadLatents: [3] });
    const quarter = one.auxLoss * 4;
    expect(quarter).toBeGreaterThan(0.25 * one.mse);
    expect(one.auxLoss).toBeLessThan(one.mse);
  });
});

it('is 0, not NaN, on a batch without variance', () => {
  const config = resolveTrainingConfig({ architecture: 'topk', k: 1, dModel: 2, nLatents: 3, nSteps: 1 });
  const parameters: ParameterTensors = {
    encoder: tf.zeros([3, 2]),
    decoder: tf.ones([3, 2]),
    bEnc: tf.zeros([3]),
    bDec: tf.ones([2]),
  };
  const context = { config, deadLatents: Int32Array.of(0, 1), sparsityCoefficient: 0 };
  const outcome = architectures.topk.batch(tf.ones([4, 2]), parameters, context);
  expect([outcome.loss, outcome.auxLoss, outcome.fvu]).toEqual([0, 0, 0]);
  for (const gradient of Object.values(outcome.gradients)) {
    expect(gradient.dataSync().every((value) => value === 0)).toBe(true);
  }
});
