import { startTestBackend } from '@featurescope/tensor/testing';
import { beforeAll, expect, it } from 'vitest';
import { SyntheticData } from '../ground-truth/synthetic-data.ts';
import { smallWorld } from '../testing/synthetic-worlds.ts';
import { bestMatch } from './best-match.ts';
import { createRecoveryWorld, type RecoveryArchitecture, RecoveryTrial, randomMatch } from './recovery-trial.ts';

beforeAll(async () => {
  await startTestBackend();
});

it('is the world that a run on the same generator has', () => {
  const { data, fresh } = createRecoveryWorld(2, 7);
  const ofRun = SyntheticData.create({ ...smallWorld, activity: { kind: 'range', min: 1, max: 2 }, seed: 7 });
  expect(data.truths).toEqual(ofRun.truths);
  expect(data.trainingBatch(3, 64)).toEqual(ofRun.trainingBatch(3, 64));
  expect(fresh.rows).toEqual(ofRun.samples('evaluation', 0, 5000).rows);
  expect(() => createRecoveryWorld(9, 7)).toThrow('activity.max must be');
});

it('matches each truth with the best latent that counts', () => {
  const truths = Float32Array.of(1, 0, 0, 1);
  const directions = Float32Array.of(2, 0, 0, 5, 0, -1, 0, 0);
  const all = bestMatch(truths, directions, { width: 2, counts: () => true });
  expect([...all.cosines]).toEqual([1, 1]);
  expect([...all.latents]).toEqual([0, 1]);
  const some = bestMatch(truths, directions, { width: 2, counts: (i) => i !== 1 });
  // What is left for the second truth is at right angles or opposite: the lower index of the zeros.
  expect([...some.cosines]).toEqual([1, 0]);
  expect(some.latents[1]).toBe(0);
  expect(bestMatch(truths, directions, { width: 2, counts: () => false }).mean).toBe(0);
});

const architectures: RecoveryArchitecture[] = [
  { architecture: 'topk', k: 3, learningRate: 0.01 },
  { architecture: 'batchtopk', k: 3, learningRate: 0.01 },
  { architecture: 'matryoshka', k: 3, learningRate: 0.01 },
  { architecture: 'standard', l1Coefficient: 1, learningRate: 0.01 },
  { architecture: 'gated', l1Coefficient: 1, learningRate: 0.01 },
  { architecture: 'jumprelu', targetL0: 3, sparsityLoss: 'quadratic', learningRate: 0.01 },
];

it.each(architectures)('trains $architecture', (architecture) => {
  const world = createRecoveryWorld(3, 100);
  const trial = new RecoveryTrial(world, { architecture, nLatents: 32, nSteps: 400, batchSize: 256, seed: 0 });
  const untrained = trial.report(500);
  while (!trial.isDone) trial.step();
  const report = trial.report();
  expect(report.fvu).toBeLessThan(0.5 * untrained.fvu);
  expect(report.match.mean).toBeGreaterThan(0.7);
  if (architecture.k) expect(report.l0).toBeCloseTo(3, 0);
  const kept = sum(report.shrinkage.recovered) / sum(report.shrinkage.truth);
  // The penalty of L1 takes length away, TopK has none.
  if (architecture.architecture === 'standard') expect(kept).toBeLessThan(0.85);
  if (architecture.architecture === 'topk') expect(Math.abs(kept - 1)).toBeLessThan(0.05);
  trial.dispose();
});

it('knows that chance already comes close in four dimensions', () => {
  const world = createRecoveryWorld(3, 100);
  expect(randomMatch(world, 32, 0).mean).toBeGreaterThan(0.8);
  expect(randomMatch(world, 4, 0).mean).toBeLessThan(randomMatch(world, 32, 0).mean);
});

const sum = (values: Float32Array) => values.reduce((so, value) => so + value, 0);
