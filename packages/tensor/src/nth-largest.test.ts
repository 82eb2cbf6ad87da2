import { expect, it } from 'vitest';
import { nthLargest } from './nth-largest.ts';

it('agrees with a sort for every n, whatever the order and however many are equal', () => {
  const scattered = Float32Array.from({ length: 101 }, (_, i) => (i * 37) % 101);
  const few = Float32Array.from({ length: 90 }, (_, i) => (i * 7) % 4);
  const cases = [
    scattered,
    few,
    scattered.slice().sort(),
    scattered.slice().sort().reverse(),
    new Float32Array(40),
    Float32Array.of(3),
  ];
  for (const values of cases) {
    const before = values.slice();
    const sorted = values.slice().sort();
    for (let n = 1; n <= values.length; n++) expect(nthLargest(values, n)).toBe(sorted[values.length - n]);
    expect(values).toEqual(before);
  }
});

it('takes zeros of both signs and infinities', () => {
  const values = Float32Array.of(-0, Number.POSITIVE_INFINITY, 0, Number.NEGATIVE_INFINITY, -1);
  expect(nthLargest(values, 1)).toBe(Number.POSITIVE_INFINITY);
  expect(nthLargest(values, 4)).toBe(-1);
});
