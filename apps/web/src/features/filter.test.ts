import { expect, it } from 'vitest';
import { defaultFilter, densityPosition, filterFromSearch } from './filter.ts';

it('reads a filter from the address and survives nonsense', () => {
  expect(filterFromSearch(new URLSearchParams(''))).toEqual(defaultFilter);
  expect(filterFromSearch(new URLSearchParams('sort=density&order=asc&q=the&show=all'))).toEqual({
    sort: 'density',
    order: 'asc',
    q: 'the',
    dead: undefined,
  });
  expect(filterFromSearch(new URLSearchParams('sort=colour'))).toEqual(defaultFilter);
  expect(filterFromSearch(new URLSearchParams('show=dead')).dead).toBe('true');
});

it('places densities on a log scale', () => {
  expect(densityPosition(1)).toBe(1);
  expect(densityPosition(0.001)).toBeCloseTo(0.5);
  expect(densityPosition(0)).toBe(0);
  expect(densityPosition(1e-12)).toBe(0.02);
});
