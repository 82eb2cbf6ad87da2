import { expect, it } from 'vitest';
import { formatNumber } from '../ui/format.ts';
import { niceAxis, niceTicksWithin } from './nice-scale.ts';

it('ends an axis on round numbers around the data', () => {
  expect(niceAxis([0.083, 0.97])).toEqual({ domain: [0, 1], ticks: [0, 0.5, 1] });
  expect(niceAxis([3.1, 6.9])).toEqual({ domain: [3, 7], ticks: [3, 4, 5, 6, 7] });
});

it('shows constant data in the middle, and a constant zero on the floor of a small scale', () => {
  const { domain } = niceAxis([32, 32, 32]);
  expect(domain[0]).toBeLessThan(32);
  expect(domain[1]).toBeGreaterThan(32);
  expect(niceAxis([0, 0]).domain).toEqual([0, 0.01]);
  expect(niceAxis([]).domain).toEqual([0, 1]);
});

it.each([
  [31.997, 32],
  [0.08012, 0.08013],
  [-105.2, -105.1],
  [99_990, 100_010],
])('gives ticks that differ in print to data between %d and %d', (low, high) => {
  const { domain, ticks } = niceAxis([low, high]);
  expect(new Set(ticks.map(formatNumber)).size).toBe(ticks.length);
  expect(ticks.length).toBeGreaterThan(2);
  expect(domain[0]).toBeLessThanOrEqual(low);
  expect(domain[1]).toBeGreaterThanOrEqual(high);
});

it('marks round steps and never fractions of a step', () => {
  expect(niceTicksWithin(0, 1418)).toEqual([0, 500, 1000]);
  expect(niceTicksWithin(0, 3)).toEqual([0, 1, 2, 3]);
  expect(niceTicksWithin(5, 5)).toEqual([5]);
});
