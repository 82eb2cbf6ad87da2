import { startTestBackend } from '@featurescope/tensor/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { runDisentangler } from './disentangler.ts';

beforeAll(async () => {
  await startTestBackend();
});

describe('the default setting, on points that nothing was trained on', () => {
  it.each([200, 201, 202, 203, 204, 205, 206, 207, 208, 209])('takes the classes apart, seed %i', (seed) => {
    const { trained, untrained, classMeansFvu, classifierAccuracy } = runDisentangler({ seed });
    expect(classifierAccuracy).toBeGreaterThan(0.99);
    expect(trained.worstPurity).toBeGreaterThanOrEqual(0.99);
    expect(trained.nClassesFound).toBe(8);
    expect(trained.l0).toBeLessThanOrEqual(1.05);
    expect(trained.fvu).toBeLessThanOrEqual(0.025);
    // Beside what needs no dictionary, and no training.
    expect(trained.fvu).toBeLessThan(classMeansFvu);
    expect(trained.fvu).toBeLessThan(untrained.fvu);
  });
});

it('with two active latents is still pure, weighted by activation', () => {
  const { trained } = runDisentangler({ seed: 200, k: 2 });
  expect(trained.l0).toBeCloseTo(2, 2);
  expect(trained.weightedPurity).toBeGreaterThanOrEqual(0.95);
});

it('with L1 reconstructs better and mixes the classes', () => {
  const { trained } = runDisentangler({ seed: 200, architecture: 'standard', start: 'random', l1Coefficient: 0.1 });
  expect(trained.l0).toBeGreaterThan(8);
  expect(trained.fvu).toBeLessThan(0.01);
  expect(trained.worstPurity).toBeLessThan(0.5);
});
