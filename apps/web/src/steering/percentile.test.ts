import { expect, it } from 'vitest';
import { percentile } from './percentile.ts';

it('finds a percentile inside its bin', () => {
  expect(percentile({ edges: [0, 1, 2, 3], counts: [50, 0, 50] }, 0.99)).toBeCloseTo(2.98);
  expect(percentile({ edges: [0, 1], counts: [10] }, 0.5)).toBeCloseTo(0.5);
  expect(percentile({ edges: [0], counts: [] }, 0.99)).toBe(0);
});
