import { expect, it } from 'vitest';
import { alignLanes, differenceFromResult } from './token-difference.ts';

const lane = (ids: number[]) => ids.map((tokenId) => ({ tokenId, text: String(tokenId), logProbability: -1 }));

it('marks only what has no partner', () => {
  const { baseline, other } = alignLanes(lane([1, 2, 3, 4]), lane([1, 9, 3, 4, 5]));
  expect([...baseline]).toEqual([1]);
  expect([...other]).toEqual([1, 4]);
});

it('handles empty and equal lanes', () => {
  expect(alignLanes([], lane([1])).other).toEqual(new Set([0]));
  const equal = alignLanes(lane([1, 2]), lane([1, 2]));
  expect(equal.baseline.size + equal.other.size).toBe(0);
});

it('reads the server’s alignment', () => {
  const { baseline, other } = differenceFromResult([
    { op: 'same', baseline: 0, steered: 0 },
    { op: 'replace', baseline: 1, steered: 1 },
    { op: 'insert', baseline: null, steered: 2 },
    { op: 'delete', baseline: 2, steered: null },
  ]);
  expect([...baseline]).toEqual([1, 2]);
  expect([...other]).toEqual([1, 2]);
});
