import { tf } from '@featurescope/tensor';
import { startTestBackend } from '@featurescope/tensor/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TrainingConfigInput } from './config.ts';
import { DivergenceError } from './errors.ts';
import { ReconstructionMetrics } from './reconstruction-metrics.ts';
import { rowNorms } from './sae-weights.ts';
import { SparseAutoencoder } from './sparse-autoencoder.ts';
import { syntheticRows } from './testing/synthetic-rows.ts';
import { SaeTrainer } from './trainer.ts';
import { decodeTrainerState, encodeTrainerState, type TrainerState } from './trainer-state.ts';

const dModel = 16;
const batchSize = 64;
const size = { dModel, nLatents: 48, nSteps: 60, batchSize, seed: 1 };
const topk: TrainingConfigInput = { ...size, architecture: 'topk', k: 4 };
const standard: TrainingConfigInput = { ...size, architecture: 'standard', l1Coefficient: 0.5 };
const jumprelu: TrainingConfigInput = { ...size, architecture: 'jumprelu', l0Coefficient: 0.5 };
const gated: TrainingConfigInput = { ...size, architecture: 'gated', l1Coefficient: 0.5 };

function batches(n: number, scale = 1): Float32Array[] {
  const source = syntheticRows({ dModel, nTruths: 40, meanActive: 3, seed: 9 });
  return Array.from({ length: n }, () => source(batchSize).map((value) => value * scale));
}

beforeAll(async () => {
  await startTestBackend();
});

describe.each([
  ['topk with dead latents', { ...topk, deadAfterTokens: 3 * batchSize }],
  ['topk of saelens with dead latents', { ...topk, preset: 'saelens', deadAfterTokens: 3 * batchSize }],
  // Stored between collecting rows for a resampling (steps 9 to 12) and doing it.
  [
    'standard with resampling',
    { ...standard, deadAfterTokens: batchSize, resampleSteps: [12], resampleRows: 4 * batchSize },
  ],
  ['standard of saelens', { ...standard, preset: 'saelens' }],
  ['batchtopk with dead latents', { ...topk, architecture: 'batchtopk', deadAfterTokens: 3 * batchSize }],
  ['matryoshka of saelens', { ...topk, architecture: 'matryoshka', preset: 'saelens', deadAfterTokens: 3 * batchSize }],
  ['jumprelu', jumprelu],
  ['gated', gated],
] as [string, TrainingConfigInput][])('%s', (_, config) => {
  it('continues from its bytes exactly as if it had never stopped', () => {
    const rows = batches(20);
    const straight = SaeTrainer.create(config, rows[0]);
    const metrics = rows.map((batch) => straight.step(batch));

    const first = SaeTrainer.create(config, rows[0]);
    for (const batch of rows.slice(0, 10)) first.step(batch);
    const bytes = encodeTrainerState(first.state());
    first.dispose();
    const second = SaeTrainer.restore(decodeTrainerState(bytes));
    expect(second.stepsDone).toBe(10);
    expect(rows.slice(10).map((batch) => second.step(batch))).toEqual(metrics.slice(10));
    expect(second.state()).toEqual(straight.state());
    straight.dispose();
    second.dispose();
  });

  it('frees every tensor that a step makes', () => {
    const rows = batches(15);
    const trainer = SaeTrainer.create(config, rows[0]);
    trainer.step(rows[0]);
    const before = tf.memory().numTensors;
    for (const batch of rows.slice(1)) trainer.step(batch);
    expect(tf.memory().numTensors).toBe(before);
    trainer.dispose();
  });
});

describe('learning', () => {
  it('finds a sparse dictionary: FVU falls well below that of the start, and few latents stay dead', () => {
    const rows = batches(300);
    const trainer = SaeTrainer.create({ ...topk, k: 6, nSteps: 300, learningRate: 3e-3 }, rows[0]);
    const metrics = rows.map((batch) => trainer.step(batch));
    const last = metrics[metrics.length - 1];
    expect(last.fvu).toBeLessThan(0.2);
    expect(last.fvu).toBeLessThan(metrics[0].fvu / 4);
    expect(last.deadShare).toBeLessThan(0.1);
    trainer.dispose();
  });

  it('trades reconstruction for sparsity with λ', () => {
    const rows = batches(150);
    const finalL0 = [0.02, 2].map((l1Coefficient) => {
      const trainer = SaeTrainer.create({ ...standard, l1Coefficient, nSteps: 150, learningRate: 3e-3 }, rows[0]);
      const last = rows.map((batch) => trainer.step(batch))[149];
      trainer.dispose();
      return last.l0;
    });
    expect(finalL0[1]).toBeLessThan(finalL0[0] / 2);
  });

  it('keeps decoder rows at norm 1 when they are constrained, and only then', () => {
    const rows = batches(5);
    const norms = (preset: 'featurescope' | 'saelens') => {
      const trainer = SaeTrainer.create({ ...topk, preset, decoderInitNorm: 1 }, rows[0]);
      for (const batch of rows) trainer.step(batch);
      const { parameters } = trainer.state();
      trainer.dispose();
      return rowNorms(parameters.decoder.value, dModel);
    };
    for (const norm of norms('featurescope')) expect(norm).toBeCloseTo(1, 5);
    expect(norms('saelens').some((norm) => Math.abs(norm - 1) > 1e-4)).toBe(true);
  });

  it('revives latents by resampling: their rows change and their counters start afresh', () => {
    const rows = batches(8);
    const trainer = SaeTrainer.create(
      { ...standard, deadAfterTokens: batchSize, resampleSteps: [8], resampleRows: 2 * batchSize },
      rows[0],
    );
    for (const batch of rows.slice(0, 7)) trainer.step(batch);
    const before = trainer.state();
    // Silence a latent for good.
    before.parameters.bEnc.value[5] = -1e3;
    before.tokensSinceFired[5] = 10 * batchSize;
    const silenced = SaeTrainer.restore(before);
    silenced.step(rows[7]);
    const after = silenced.state();
    expect(after.parameters.bEnc.value[5]).toBe(0);
    expect(after.tokensSinceFired[5]).toBe(0);
    expect(after.parameters.encoder.secondMoment.subarray(5 * dModel, 6 * dModel).every((value) => value === 0)).toBe(
      true,
    );
    expect(after.resampleRows.length).toBe(0);
    trainer.dispose();
    silenced.dispose();
  });

  it('clips the gradients of all parameters together', () => {
    const rows = batches(1);
    const config = { ...standard, learningRate: 1, epsilon: 1e6, learningRateWarmUpSteps: 0, maxGradNorm: 0.5 };
    const trainer = SaeTrainer.create(config, rows[0]);
    const before = trainer.state();
    const { gradNorm } = trainer.step(rows[0]);
    const after = trainer.state();
    expect(gradNorm).toBeGreaterThan(0.5);
    // After one step Adam's first moment is 0.1 of the clipped gradient.
    const norm = Math.sqrt(
      Object.values(after.parameters).reduce(
        (sum, { firstMoment }) => sum + firstMoment.reduce((s, m) => s + (10 * m) ** 2, 0),
        0,
      ),
    );
    expect(norm).toBeCloseTo(0.5, 4);
    expect(before.step).toBe(0);
    trainer.dispose();
  });
});

describe('scaling', () => {
  it('trains the same dictionary on rows of any scale, and folds the scale into the weights', () => {
    const config = { ...topk, learningRate: 3e-3 };
    // A power of two scales exactly in float32.
    const results = [1, 256].map((factor) => {
      const rows = batches(40, factor);
      const trainer = SaeTrainer.create(config, rows[0]);
      const metrics = rows.map((batch) => trainer.step(batch));
      const weights = trainer.weights();
      trainer.dispose();
      return { metrics, weights };
    });
    expect(results[1].metrics).toEqual(results[0].metrics);
    expect(results[1].weights.wDec).toEqual(results[0].weights.wDec.map((value) => value * 256));
    expect(results[1].weights.wEnc).toEqual(results[0].weights.wEnc.map((value) => value / 256));
  });

  it.each([
    ['topk', topk],
    ['standard', standard],
    ['topk of saelens', { ...topk, preset: 'saelens', normalizeActivations: 'expectedAverageOnlyIn' }],
    ['standard of saelens', { ...standard, preset: 'saelens', normalizeActivations: 'expectedAverageOnlyIn' }],
    ['jumprelu', jumprelu],
    ['jumprelu of saelens', { ...jumprelu, preset: 'saelens', normalizeActivations: 'expectedAverageOnlyIn' }],
    ['gated', gated],
    ['gated of saelens', { ...gated, preset: 'saelens', normalizeActivations: 'expectedAverageOnlyIn' }],
  ] as [string, TrainingConfigInput][])(
    'gives weights of %s that reconstruct raw rows as training did',
    (_, config) => {
      const rows = batches(31, 7);
      const trainer = SaeTrainer.create({ ...config, nSteps: 30 }, rows[0]);
      for (const batch of rows.slice(0, 30)) trainer.step(batch);
      const sae = new SparseAutoencoder(trainer.inferenceConfig(), trainer.weights());
      const acts = sae.encodeSparse(rows[30], batchSize);
      const metrics = new ReconstructionMetrics(trainer.config);
      metrics.add(rows[30], sae.decode(acts), acts);
      const next = trainer.step(rows[30]);
      const result = metrics.result();
      // The same float32 arithmetic, in another order after folding.
      expect(result.fvu).toBeCloseTo(next.fvu, 4);
      expect(result.l0).toBeCloseTo(next.l0, 1);
      expect(result.mse * trainer.scale ** 2).toBeCloseTo(next.mse, 2);
      sae.dispose();
      trainer.dispose();
    },
  );
});

describe('divergence', () => {
  it('ends with the step and the cause, and keeps the weights from before it', () => {
    const rows = batches(3);
    const trainer = SaeTrainer.create(topk, rows[0]);
    trainer.step(rows[0]);
    const before = trainer.state();
    const broken = rows[1].slice();
    broken[100] = Number.NaN;
    expect(() => trainer.step(broken)).toThrow(DivergenceError);
    expect(() => trainer.step(broken)).toThrow(/step 2: .*NaN/);
    expect(trainer.state().parameters).toEqual(before.parameters);
    expect(trainer.stepsDone).toBe(1);
    trainer.dispose();
  });

  it('sees an explosion of the reconstruction error before numbers overflow', () => {
    const rows = batches(40);
    const trainer = SaeTrainer.create({ ...standard, learningRate: 50, learningRateWarmUpSteps: 0 }, rows[0]);
    const run = () => {
      for (const batch of rows) trainer.step(batch);
    };
    expect(run).toThrow(/exploded: FVU .* is above/);
    trainer.dispose();
  });

  it('refuses rows that are not a batch, and first rows that are not rows', () => {
    const trainer = SaeTrainer.create(topk, batches(1)[0]);
    expect(() => trainer.step(new Float32Array(dModel))).toThrow(/64 rows of 16 values \(1024\), but got 16/);
    trainer.dispose();
    expect(() => SaeTrainer.create(topk, new Float32Array(3))).toThrow(/multiple of dModel 16/);
    expect(() => SaeTrainer.create(topk, new Float32Array(dModel).fill(Number.NaN))).toThrow(/not finite/);
  });
});

it('refuses bytes that are not a trainer state', () => {
  const trainer = SaeTrainer.create(topk, batches(1)[0]);
  const bytes = encodeTrainerState(trainer.state());
  trainer.dispose();
  expect(() => decodeTrainerState(bytes.subarray(0, bytes.length - 4))).toThrow(/outside the file/);
});

it('restores a state from before θ of batchtopk was stored', () => {
  const rows = batches(3);
  const trainer = SaeTrainer.create(topk, rows[0]);
  trainer.step(rows[0]);
  const { batchThreshold: _, ...before } = trainer.state();
  const state = decodeTrainerState(encodeTrainerState(before as TrainerState));
  expect(state.batchThreshold).toBe(0);
  const restored = SaeTrainer.restore(state);
  expect(restored.step(rows[1])).toEqual(trainer.step(rows[1]));
  trainer.dispose();
  restored.dispose();
});
