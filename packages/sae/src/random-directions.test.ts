import { expect, it } from 'vitest';
import { bestGain } from './decompositions/best-gain.ts';
import { neuronDirections } from './decompositions/neuron-directions.ts';
import { randomDirections } from './random-directions.ts';
import { Rng } from './rng.ts';

it('draws unit vectors without a preferred direction, the same for a seed', () => {
  const n = 4000;
  const rows = randomDirections(n, 4, Rng.fromSeed(7));
  const mean = new Float64Array(4);
  for (let i = 0; i < n; i++) {
    const row = rows.subarray(4 * i, 4 * i + 4);
    expect(Math.hypot(...row)).toBeCloseTo(1, 6);
    for (let j = 0; j < 4; j++) mean[j] += row[j] / n;
  }
  // Each coordinate has standard deviation ½: the mean of 4,000 is within four of its own, .008.
  for (const value of mean) expect(Math.abs(value)).toBeLessThan(4 * (0.5 / Math.sqrt(n)));
  expect(randomDirections(n, 4, Rng.fromSeed(7))).toEqual(rows);
  expect(randomDirections(n, 4, Rng.fromSeed(8))).not.toEqual(rows);
  expect(() => randomDirections(0, 4, Rng.fromSeed(7))).toThrow('n must be a positive integer, but is 0');
});

it('has the dimensions themselves as the neuron basis', () => {
  expect([...neuronDirections(2)]).toEqual([1, 0, 0, 1]);
});

it('finds the gain with the least squared error', () => {
  const [rows, centre] = [Float32Array.of(3, 1, 1, 5), Float32Array.of(1, 1)];
  const overshooting = Float32Array.of(5, 1, 1, 9);
  expect(bestGain(rows, overshooting, centre)).toBe(0.5);
  expect(bestGain(rows, Float32Array.of(1, 1, 1, 1), centre)).toBe(1);
});
