import { expect, it } from 'vitest';
import { geometricMedian } from './geometric-median.ts';

it('is the middle of three points on a line, however far the outer one is', () => {
  const [x, y] = geometricMedian(Float32Array.of(0, 0, 1, 1, 1000, 1000), 2);
  expect(x).toBeCloseTo(1, 4);
  expect(y).toBeCloseTo(1, 4);
});

it('is the Fermat point of a triangle', () => {
  // An equilateral triangle around (0, 0).
  const h = Math.sqrt(3) / 2;
  const [x, y] = geometricMedian(Float32Array.of(0, 1, -h, -0.5, h, -0.5), 2);
  expect(x).toBeCloseTo(0, 5);
  expect(y).toBeCloseTo(0, 5);
});

it('is finite when it falls on a row, and on a single row', () => {
  expect([...geometricMedian(Float32Array.of(2, 3), 2)]).toEqual([2, 3]);
  expect([...geometricMedian(Float32Array.of(5, 5, 5, 5), 2)]).toEqual([5, 5]);
});
