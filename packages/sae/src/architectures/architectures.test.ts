import { expect, it } from 'vitest';
import { resolveTrainingConfig, type TrainingConfigInput } from '../config.ts';

const size = { dModel: 64, nLatents: 64, nSteps: 100 } as const;
const resolve = (input: Partial<TrainingConfigInput> & Pick<TrainingConfigInput, 'architecture'>) =>
  resolveTrainingConfig({ ...size, ...input });

it('gives each architecture its own fields and no others', () => {
  const own = ['k', 'l1Coefficient', 'l0Coefficient', 'sparsityLoss', 'bandwidth', 'gateDecoder', 'prefixes'] as const;
  const present = (architecture: TrainingConfigInput['architecture']) => {
    const config = resolve({ architecture });
    return own.filter((name) => config[name] !== undefined);
  };
  expect(present('standard')).toEqual(['l1Coefficient']);
  expect(present('topk')).toEqual(['k']);
  expect(present('batchtopk')).toEqual(['k']);
  expect(present('jumprelu')).toEqual(['l0Coefficient', 'sparsityLoss', 'bandwidth']);
  expect(present('gated')).toEqual(['l1Coefficient', 'gateDecoder']);
  expect(present('matryoshka')).toEqual(['k', 'prefixes']);
});

it('has the two presets of what differs between the literature and SAELens', () => {
  expect(resolve({ architecture: 'gated' }).gateDecoder).toBe('frozen');
  expect(resolve({ architecture: 'gated', preset: 'saelens' }).gateDecoder).toBe('shared');
  expect(resolve({ architecture: 'batchtopk' })).toMatchObject({
    auxKCoefficient: 1 / 32,
    lossNormalization: 'variance',
  });
  const theirs = { auxKCoefficient: 1, lossNormalization: 'none', decoder: 'free', learningRate: 3e-4 };
  expect(resolve({ architecture: 'matryoshka', preset: 'saelens' })).toMatchObject(theirs);
  const narrow = { initialThreshold: 0.01, bandwidth: 0.05, straightThroughToInput: false };
  expect(resolve({ architecture: 'jumprelu', preset: 'saelens' })).toMatchObject(narrow);
  const wide = { initialThreshold: 0.5, bandwidth: 1, straightThroughToInput: true };
  expect(resolve({ architecture: 'jumprelu', dModel: 256 })).toMatchObject(wide);
});

it('takes a target for L0 as the wish for the penalty that has one', () => {
  expect(resolve({ architecture: 'jumprelu', targetL0: 8 }).sparsityLoss).toBe('quadratic');
  expect(resolve({ architecture: 'jumprelu' }).sparsityLoss).toBe('step');
});

it('halves the latents for the prefixes of matryoshka, and leaves out the empty ones', () => {
  expect(resolve({ architecture: 'matryoshka' }).prefixes).toEqual([2, 4, 8, 16, 32, 64]);
  expect(resolve({ architecture: 'matryoshka', nLatents: 5 }).prefixes).toEqual([1, 2, 5]);
});

it('lets the mean number of latents of a batch be a fraction', () => {
  expect(resolve({ architecture: 'batchtopk', k: 2.5 }).k).toBe(2.5);
});

it.each([
  [{ architecture: 'standard', k: 3 }, /^k is not used by standard.*l1Coefficient/],
  [{ architecture: 'topk', l1Coefficient: 1 }, /^l1Coefficient is not used by topk.*is 1/],
  [{ architecture: 'batchtopk', prefixes: [64] }, /^prefixes is not used by batchtopk/],
  [{ architecture: 'batchtopk', l0Coefficient: 1 }, /^l0Coefficient is not used by batchtopk/],
  [{ architecture: 'gated', sparsityLoss: 'step' }, /^sparsityLoss is not used by gated/],
  [{ architecture: 'jumprelu', k: 4 }, /^k is not used by jumprelu/],
  [{ architecture: 'jumprelu', sparsityLoss: 'quadratic' }, /^targetL0 must be a number .* is undefined/],
  [{ architecture: 'jumprelu', targetL0: 65 }, /^targetL0 must be .* to 64, but is 65/],
  [{ architecture: 'jumprelu', sparsityLoss: 'tanh', targetL0: 3 }, /^targetL0 is used by sparsityLoss quadratic only/],
  [{ architecture: 'jumprelu', bandwidth: 0 }, /^bandwidth .* is 0/],
  [{ architecture: 'jumprelu', initialThreshold: -1 }, /^initialThreshold .* is -1/],
  [{ architecture: 'jumprelu', auxKCoefficient: 1 }, /^auxKCoefficient must be 0 for jumprelu.* is 1/],
  [{ architecture: 'gated', lossNormalization: 'variance' }, /^lossNormalization must be none for gated/],
  [{ architecture: 'gated', resampleSteps: [4] }, /^resampleSteps must be empty for gated/],
  [{ architecture: 'batchtopk', k: 0 }, /^k must be .* is 0/],
  [{ architecture: 'matryoshka', prefixes: [8, 8, 64] }, /^prefixes must be ascending.* are 8, 8, 64/],
  [{ architecture: 'matryoshka', prefixes: [8, 32] }, /^prefixes must .* end with nLatents 64/],
  [{ architecture: 'matryoshka', prefixes: [] }, /^prefixes must/],
  [{ architecture: 'nonsense' }, /^architecture must be one of standard, topk, .* is nonsense/],
])('refuses %j and names the field', (input, message) => {
  expect(() => resolve(input as Parameters<typeof resolve>[0])).toThrow(message);
});
