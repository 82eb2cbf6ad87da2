import { describe, expect, it } from 'vitest';
import { against, median, quantile, row } from './rows.ts';

describe('quantile', () => {
  it('takes the nearest rank of unsorted samples', () => {
    expect(quantile([5, 1, 4, 2, 3], 0.95)).toBe(5);
    expect(quantile([5, 1, 4, 2, 3], 0.2)).toBe(1);
    expect(median([9, 1, 5])).toBe(5);
  });
});

describe('against', () => {
  it('gives the ratio of a figure to its peer', () => {
    expect(against(row('a', 10, 'x/s'), 'b', 4)).toEqual({
      name: 'a',
      value: 10,
      unit: 'x/s',
      peer: 'b',
      peerValue: 4,
      ratio: 2.5,
    });
  });
});
