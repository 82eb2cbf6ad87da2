import { describe, expect, it } from 'vitest';
import {
  binsOfRange,
  countPanelFilters,
  defaultFilter,
  densityPosition,
  filterFromSearch,
  rangeOfBins,
  whyEmpty,
} from './filter.ts';

it('reads a filter from the address and survives nonsense', () => {
  expect(filterFromSearch(new URLSearchParams(''))).toEqual(defaultFilter);
  expect(filterFromSearch(new URLSearchParams('sort=density&order=asc&q=the&show=all'))).toEqual({
    sort: 'density',
    order: 'asc',
    q: 'the',
    dead: undefined,
  });
  expect(filterFromSearch(new URLSearchParams('starred=true&label=none&minDensity=0.001&maxScore=.5'))).toEqual({
    ...defaultFilter,
    starred: 'true',
    label: 'none',
    minDensity: 0.001,
    maxScore: 0.5,
  });
  expect(filterFromSearch(new URLSearchParams('minScore=1&maxScore=0'))).toEqual(defaultFilter);
  expect(filterFromSearch(new URLSearchParams('sort=colour'))).toEqual(defaultFilter);
  expect(filterFromSearch(new URLSearchParams('show=dead')).dead).toBe('true');
});

it('places densities on a log scale', () => {
  expect(densityPosition(1)).toBe(1);
  expect(densityPosition(0.001)).toBeCloseTo(0.5);
  expect(densityPosition(0)).toBe(0);
  expect(densityPosition(1e-12)).toBe(0.02);
});

describe('a range on its histogram', () => {
  const edges = Array.from({ length: 25 }, (_, i) => 10 ** (-6 * (1 - i / 24)));

  it('goes to the address and comes back from it', () => {
    for (const bins of [
      [0, 24],
      [0, 1],
      [23, 24],
      [5, 17],
    ] as const) {
      const [low, high] = rangeOfBins(edges, bins).map((end) => (end === null ? undefined : Number(end)));
      expect(binsOfRange(edges, low, high)).toEqual(bins);
    }
    expect(rangeOfBins(edges, [0, 24])).toEqual([null, null]);
  });

  it('takes the whole of a bin in which an exact limit lies, and never leaves the histogram', () => {
    expect(binsOfRange([0, 1, 2, 3], 1.5, 1.6)).toEqual([1, 2]);
    expect(binsOfRange([0, 1, 2, 3], 9, undefined)).toEqual([2, 3]);
    expect(binsOfRange([0, 1, 2, 3], undefined, 9)).toEqual([0, 3]);
  });
});

it('counts a range once, however many ends it has', () => {
  expect(countPanelFilters({ ...defaultFilter, q: 'x', starred: 'true' })).toBe(0);
  expect(countPanelFilters({ minScore: 0.1, maxScore: 0.5, minDensity: 0.1, label: 'user' })).toBe(3);
});

it('tells what leaves nothing, the filters before the search', () => {
  expect(whyEmpty({ ...defaultFilter, q: 'zebra', minScore: 0.9 })).toMatch(/filters leave nothing/);
  expect(whyEmpty({ ...defaultFilter, q: 'zebra' })).toMatch(/“zebra”/);
  expect(whyEmpty({ ...defaultFilter, starred: 'true' })).toMatch(/Star a feature/);
});
