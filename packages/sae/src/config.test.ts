import { expect, it } from 'vitest';
import { resolveTrainingConfig } from './config.ts';

const topk = { architecture: 'topk', dModel: 8, nLatents: 64, nSteps: 100 } as const;

it('fills the presets', () => {
  const ours = resolveTrainingConfig(topk);
  expect(ours).toMatchObject({
    preset: 'featurescope',
    decoder: 'constrained',
    decoderInitNorm: 1,
    lossNormalization: 'variance',
  });
  expect(ours).toMatchObject({
    auxKCoefficient: 1 / 32,
    normalizeActivations: 'expectedAverageOnlyIn',
    bDecInit: 'geometricMedian',
  });
  const theirs = resolveTrainingConfig({ ...topk, preset: 'saelens' });
  expect(theirs).toMatchObject({
    decoder: 'free',
    decoderInitNorm: 0.1,
    lossNormalization: 'none',
    auxKCoefficient: 1,
    bDecInit: 'zeros',
  });
});

it('counts a latent as dead after a tenth of the run, and after ten million rows in a long one', () => {
  expect(resolveTrainingConfig({ ...topk, nSteps: 1000, batchSize: 1000 }).deadAfterTokens).toBe(100_000);
  expect(resolveTrainingConfig({ ...topk, nSteps: 10 ** 6, batchSize: 1000 }).deadAfterTokens).toBe(10_000_000);
  // "Not fired for more than 1,000 steps".
  expect(resolveTrainingConfig({ ...topk, preset: 'saelens', batchSize: 10 }).deadAfterTokens).toBe(10_001);
});

it('lowers the learning rate with the square root of the width', () => {
  const rate = (nLatents: number) => resolveTrainingConfig({ ...topk, nLatents }).learningRate;
  expect(rate(2048)).toBe(3e-3);
  expect(rate(8192)).toBeCloseTo(1.5e-3, 12);
});

it('lets given fields win, and ignores undefined ones', () => {
  expect(resolveTrainingConfig({ ...topk, learningRate: 0.5, k: undefined }).learningRate).toBe(0.5);
  expect(resolveTrainingConfig({ ...topk, k: undefined }).k).toBe(32);
});

it.each([
  [{ k: 65 }, /^k must be an integer from 1 to 64, but is 65/],
  [{ k: 1.5 }, /^k must be an integer/],
  [{ learningRate: 0 }, /^learningRate .* is 0/],
  [{ learningRate: Number.NaN }, /^learningRate .* is NaN/],
  [{ batchSize: 0 }, /^batchSize .* is 0/],
  [{ seed: -1 }, /^seed .* is -1/],
  [{ beta2: 1 }, /^beta2 .* is 1/],
  [{ resampleSteps: [5] }, /^resampleSteps must be empty for topk/],
])('refuses %j and names the field and the value', (given, message) => {
  expect(() => resolveTrainingConfig({ ...topk, ...given })).toThrow(message);
});

it('refuses a loss for standard that would make λ depend on the scale', () => {
  expect(() => resolveTrainingConfig({ ...topk, architecture: 'standard', lossNormalization: 'variance' })).toThrow(
    /lossNormalization/,
  );
});
