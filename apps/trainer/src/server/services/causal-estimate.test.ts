import { featureCheckPasses as passesOfCheck } from '@featurescope/interp';
import { expect, test } from 'vitest';
import { estimateCausalCheck, featureCheckPasses, rankingPasses } from './causal-estimate.ts';

test('a check of a feature is counted as it is made', () => {
  const contexts = (count: number) => new Int32Array(count);
  const peers = Array.from({ length: 8 }, (_, featureIndex) => ({ featureIndex, firingContexts: contexts(12) }));
  const made = { firingContexts: contexts(24), silentContexts: contexts(10), peers, nDirections: 8 };
  expect(featureCheckPasses({ nContexts: 24, nNulls: 8 })).toBe(passesOfCheck(made));
});

test('a ranking makes no pass for features that never fire, and three for one that always does', () => {
  const contexts = { count: 10, size: 64 };
  expect(rankingPasses([{ density: 0 }, { density: 1 }], contexts)).toBe(10 * (2 + 3));
  expect(rankingPasses([{ density: 0.01 }], contexts)).toBe(Math.round(10 * (2 + 3 * (1 - 0.99 ** 64))));
});

test('what earlier checks took decides, once there were any', () => {
  const config = { nLayers: 4, dModel: 64, headDim: 16, nHeads: 4, nKvHeads: 4, dMlp: 256, vocabSize: 1000 };
  const inputs = {
    nPasses: 100,
    config: config as never,
    layer: 1,
    contextSize: 128,
    matmulGflops: 50,
    measured: null,
  };
  const counted = estimateCausalCheck(inputs);
  // Of blocks 2 and 3 and the unembedding, at half the rate: two operations for each of their weights.
  const weights = 2 * (64 * 16 * 16 + 3 * 64 * 256) + 64 * 1000;
  expect(counted.seconds).toBeCloseTo(3 + (100 * 128 * 2 * weights) / 25e9, 9);
  const measured = estimateCausalCheck({ ...inputs, measured: { secondsPerPass: 0.02, nChecks: 2 } });
  expect(measured).toMatchObject({ nPasses: 100, seconds: 2, basis: expect.stringContaining('2 earlier checks') });
});
