import { startTestBackend } from '@featurescope/tensor/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TrainingConfigInput } from './config.ts';
import { fromSaelensDirectory } from './formats/saelens-reader.ts';
import { toSaelensDirectory } from './formats/saelens-writer.ts';
import { SparseAutoencoder } from './sparse-autoencoder.ts';
import { stepByStep } from './stepwise.ts';
import { syntheticRows } from './testing/synthetic-rows.ts';
import { SaeTrainer } from './trainer.ts';
import { decodeTrainerState, encodeTrainerState } from './trainer-state.ts';

const [dModel, batchSize, k] = [16, 64, 4];
const common = { dModel, nLatents: 48, k, nSteps: 400, batchSize, seed: 1 };

const cases: [string, TrainingConfigInput][] = [
  ['batchtopk', { ...common, architecture: 'batchtopk' }],
  ['matryoshka', { ...common, architecture: 'matryoshka' }],
  // Selection by pre·‖d‖, on scaled rows: θ has to be divided by the scale.
  ['batchtopk of saelens, scaled', { ...common, architecture: 'batchtopk', ...scaledSaelens() }],
  ['matryoshka of saelens, scaled', { ...common, architecture: 'matryoshka', ...scaledSaelens() }],
];

function scaledSaelens() {
  return { preset: 'saelens', normalizeActivations: 'expectedAverageOnlyIn', learningRate: 3e-3 } as const;
}

/** Rows 20 times as large as training sees them. */
function source() {
  const rows = syntheticRows({ dModel, nTruths: 40, meanActive: 3, seed: 9 });
  return (n: number) => rows(n).map((value) => value * 20);
}

function l0(sae: SparseAutoencoder, rows: Float32Array): number {
  const nRows = rows.length / dModel;
  return sae.encodeSparse(rows, nRows).indices.length / nRows;
}

beforeAll(async () => {
  await startTestBackend();
});

describe.each(cases)('%s', (_, config) => {
  function trained(nSteps: number) {
    const rows = source();
    const trainer = SaeTrainer.create(config, rows(batchSize));
    for (let step = 0; step < nSteps; step++) trainer.step(rows(batchSize));
    return { trainer, rows };
  }

  it('starts from 0 and takes in a hundredth of the smallest kept activation at each step', () => {
    const { trainer, rows } = trained(0);
    expect(trainer.state().batchThreshold).toBe(0);
    const batch = rows(batchSize);
    trainer.step(batch);
    const [first] = [trainer.state().batchThreshold];
    expect(first).toBeGreaterThan(0);
    // Kept in float64, which has no need of rounding to the float32 that a tensor would hold.
    expect(Math.fround(first)).not.toBe(first);
    trainer.dispose();
  });

  it('keeps θ when it is stored, and saves it as the threshold of every latent', () => {
    const { trainer } = trained(300);
    const { batchThreshold } = trainer.state();
    const restored = SaeTrainer.restore(decodeTrainerState(encodeTrainerState(trainer.state())));
    expect(restored.state().batchThreshold).toBe(batchThreshold);
    const files = toSaelensDirectory(trainer.inferenceConfig(), trainer.weights(), {});
    const read = fromSaelensDirectory(files['cfg.json'], files['sae_weights.safetensors']);
    expect(JSON.parse(files['cfg.json']).architecture).toBe('jumprelu');
    const ofRawRows = config.preset === 'saelens' ? batchThreshold / trainer.scale : batchThreshold;
    expect(new Set(read.weights.threshold)).toEqual(new Set([Math.fround(ofRawRows)]));
    trainer.dispose();
    restored.dispose();
  });

  it('keeps about k latents of raw rows once trained, and exactly k on average once calibrated', () => {
    const { trainer, rows } = trained(400);
    const held = rows(50 * batchSize);
    const before = new SparseAutoencoder(trainer.inferenceConfig(), trainer.weights());
    const trainedL0 = l0(before, held);
    // A running mean of the batches' smallest kept activations, over rows that no batch chose among.
    expect(trainedL0).toBeGreaterThan(k / 2);
    expect(trainedL0).toBeLessThan(2 * k);
    const calibration = trainer.calibrate(held);
    expect(calibration.nRows).toBe(50 * batchSize);
    expect(calibration.l0).toBe(k);
    // Folding rounds weights differently: an activation at θ may change sides.
    expect(calibration.trainedL0).toBeCloseTo(trainedL0, 2);
    const after = new SparseAutoencoder(trainer.inferenceConfig(), trainer.weights());
    expect(l0(after, held)).toBeCloseTo(k, 2);
    expect(trainer.state().batchThreshold).toBe(calibration.threshold);
    for (const each of [before, after, trainer]) each.dispose();
  });
});

it('calibrates to 0 where fewer activations are above 0 than wanted', () => {
  const rows = source();
  const trainer = SaeTrainer.create({ ...common, architecture: 'batchtopk', k: 48 }, rows(batchSize));
  const { threshold, l0: reached } = trainer.calibrate(rows(batchSize));
  expect(threshold).toBe(0);
  expect(reached).toBeLessThan(48);
  trainer.dispose();
});

it('refuses to calibrate what has no one θ, and rows that are none', () => {
  const rows = source();
  const topk = SaeTrainer.create({ ...common, architecture: 'topk' }, rows(batchSize));
  expect(() => topk.calibrate(rows(4))).toThrow(/Only batchtopk and matryoshka .* this is topk/);
  topk.dispose();
  const trainer = SaeTrainer.create({ ...common, architecture: 'batchtopk' }, rows(batchSize));
  expect(() => trainer.calibrate(new Float32Array(17))).toThrow(/rows of 16 values, but got 17/);
  expect(() => trainer.calibrate(new Float32Array(0))).toThrow(/got 0 values/);
  trainer.dispose();
});

it('calibrates a batch a step, and keeps θ as it was where it is given up', async () => {
  const rows = source();
  const trainer = SaeTrainer.create({ ...common, architecture: 'batchtopk' }, rows(batchSize));
  const held = rows(3 * batchSize + 1);
  const before = trainer.state().batchThreshold;
  const seen: number[] = [];
  const givenUp = stepByStep(trainer.calibrateStepwise(held), async ({ done, total }) => {
    seen.push(done / total);
    if (done > 2 * batchSize) throw new Error('enough');
  });
  await expect(givenUp).rejects.toThrow('enough');
  expect(seen.map((share) => Math.round(share * held.length))).toEqual(
    [1, 2, 3].map((batches) => batches * batchSize * common.dModel),
  );
  expect(trainer.state().batchThreshold).toBe(before);
  const stepwise = await stepByStep(trainer.calibrateStepwise(held), async () => {});
  expect(trainer.state().batchThreshold).toBe(stepwise.threshold);
  expect(trainer.calibrate(held)).toEqual({
    ...stepwise,
    trainedThreshold: stepwise.threshold,
    trainedL0: stepwise.l0,
  });
  trainer.dispose();
});
