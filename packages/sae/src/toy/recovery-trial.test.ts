import { startTestBackend } from '@featurescope/tensor/testing';
import { beforeAll, expect, it } from 'vitest';
import { bestMatch } from './best-match.ts';
import { drawTruthRows, truthDirections } from './few-truths.ts';
import { createRecoveryWorld, type RecoveryArchitecture, RecoveryTrial, randomMatch } from './recovery-trial.ts';

beforeAll(async () => {
  await startTestBackend();
});

const spec = { nTruths: 8, nDims: 4, mostActive: 3, seed: 100 };

it('adds up one to three truths with magnitudes of .5 to 2', () => {
  const { rows, magnitudes } = drawTruthRows(spec, { nRows: 300, stream: 'test' });
  const truths = truthDirections(spec);
  const counts = new Set<number>();
  for (let r = 0; r < 300; r++) {
    const active = magnitudes.subarray(r * 8, (r + 1) * 8);
    counts.add(active.filter((value) => value > 0).length);
    for (const value of active) if (value > 0) expect(value >= 0.5 && value <= 2).toBe(true);
    for (let d = 0; d < 4; d++) {
      const sum = active.reduce((so, value, t) => so + value * truths[t * 4 + d], 0);
      expect(rows[r * 4 + d]).toBeCloseTo(sum, 5);
    }
  }
  expect([...counts].sort()).toEqual([1, 2, 3]);
  expect(() => truthDirections({ ...spec, mostActive: 9 })).toThrow('mostActive must be');
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
  const world = createRecoveryWorld(spec, 2000);
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
  const world = createRecoveryWorld(spec, 10);
  expect(randomMatch(world, 32, 0).mean).toBeGreaterThan(0.8);
  expect(randomMatch(world, 4, 0).mean).toBeLessThan(randomMatch(world, 32, 0).mean);
});

const sum = (values: Float32Array) => values.reduce((so, value) => so + value, 0);
