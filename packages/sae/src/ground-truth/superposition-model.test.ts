import { expect, it } from 'vitest';
import { Rng } from '../rng.ts';
import { superpositionReport } from '../toy/superposition-report.ts';
import { SuperpositionModel, superpositionGradients } from './superposition-model.ts';

const config = {
  nFeatures: 5,
  nDims: 2,
  sparsity: 0.9,
  importanceDecay: 0.9,
  leastMagnitude: 0,
  batchSize: 256,
  learningRate: 0.01,
} as const;

function trained(output: 'linear' | 'relu', seed: number) {
  const model = new SuperpositionModel({ ...config, output, seed });
  const nSteps = 4000;
  for (let step = 0; step < nSteps; step++) model.step(0.01 * Math.min(1, 2 * (1 - step / nSteps) + 0.001));
  return superpositionReport(model.parameters);
}

it('gives the loss and gradients of a case worked by hand', () => {
  // Two features, one dimension, W = (1, ½), b = 0, x = (1, 0): h = 1, x̂ = (1, ½); errors 0 and ½.
  const parameters = { weights: Float32Array.of(1, 0.5), bias: new Float32Array(2) };
  const weighting = { importance: Float64Array.of(1, 2), output: 'relu' } as const;
  const { loss, weights, bias } = superpositionGradients(Float32Array.of(1, 0), parameters, weighting);
  // loss = 2 · ¼; δ₂ = 2 · 2 · ½ = 2; ∂W₂ = δ₂ h = 2; g = δ₂ W₂ = 1, ∂W₁ = x₁ g = 1.
  expect(loss).toBe(0.5);
  expect([...bias]).toEqual([0, 2]);
  expect([...weights]).toEqual([1, 2]);
});

it.each(['linear', 'relu'] as const)('agrees with finite differences, %s output', (output) => {
  const rng = Rng.fromSeed(3);
  const inputs = new Float32Array(6 * 4).map(() => (rng.float() < 0.5 ? 0 : rng.float()));
  const parameters = {
    weights: new Float32Array(4 * 3).map(() => rng.normal()),
    bias: new Float32Array(4).map(() => 0.1 * rng.normal()),
  };
  const weighting = { importance: Float64Array.of(1, 0.8, 0.6, 0.4), output };
  const { weights, bias } = superpositionGradients(inputs, parameters, weighting);
  const h = 1e-3;
  for (const [name, gradient] of Object.entries({ weights, bias }) as ['weights' | 'bias', Float32Array][]) {
    for (let at = 0; at < gradient.length; at++) {
      const lossWith = (shift: number) => {
        const moved = { weights: parameters.weights.slice(), bias: parameters.bias.slice() };
        moved[name][at] += shift;
        return superpositionGradients(inputs, moved, weighting).loss;
      };
      // Float32 parameters move by 1e-3 ± 6e-8, and a ReLU that opens within the step bends the difference.
      expect(Math.abs((lossWith(h) - lossWith(-h)) / (2 * h) - gradient[at])).toBeLessThan(2e-3);
    }
  }
});

it('with a linear output, trained to convergence, keeps two of five features; with ReLU it packs five into a plane', () => {
  for (const seed of [0, 1, 2]) {
    const linear = trained('linear', seed);
    expect(linear.nRepresented).toBe(2);
    // The two most important, each with a dimension of its own; the others have all but vanished.
    expect(Math.min(linear.norms[0], linear.norms[1])).toBeGreaterThan(0.95);
    expect(Math.max(...linear.norms.subarray(2))).toBeLessThan(0.1);
    expect(linear.dimensionsPerFeature).toBeCloseTo(1, 1);
  }
  // Seed 1 ends in a square of four: a local minimum that the paper meets too.
  for (const seed of [0, 2]) {
    const relu = trained('relu', seed);
    expect(relu.nRepresented).toBe(5);
    for (const share of relu.dimensionality) expect(share).toBeCloseTo(0.4, 1);
  }
});

it('is the same for the same seed, and refuses what makes no sense', () => {
  const model = () => new SuperpositionModel({ ...config, output: 'relu', seed: 9 });
  const [a, b] = [model(), model()];
  expect([a.step(), a.step()]).toEqual([b.step(), b.step()]);
  expect(a.parameters.weights).toEqual(b.parameters.weights);
  expect(() => new SuperpositionModel({ ...config, output: 'relu', seed: 0, sparsity: 1 })).toThrow('sparsity must be');
  expect(() => new SuperpositionModel({ ...config, output: 'relu', seed: 0, nDims: 0 })).toThrow('nDims must be');
});

it('draws features that are on or off, or of any strength', () => {
  const draw = (leastMagnitude: number) =>
    new SuperpositionModel({ ...config, leastMagnitude, output: 'relu', seed: 1 }).drawInputs(2000);
  expect(new Set(draw(1))).toEqual(new Set([0, 1]));
  const active = draw(0).filter((value) => value > 0);
  // 10,000 values, active with .1: 1,000 ± 30.
  expect(Math.abs(active.length - 1000)).toBeLessThan(120);
  expect(active.reduce((sum, value) => sum + value, 0) / active.length).toBeCloseTo(0.5, 1);
});
