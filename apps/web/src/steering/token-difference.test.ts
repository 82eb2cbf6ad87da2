import { expect, it } from 'vitest';
import { unmatchedInResult, unmatchedTokens } from './token-difference.ts';

const lane = (ids: number[]) => ids.map((tokenId) => ({ tokenId, text: String(tokenId), logProbability: -1 }));

it('marks only what has no partner', () => {
  expect([...unmatchedTokens(lane([1, 2, 3, 4]), lane([1, 9, 3, 4, 5]))]).toEqual([1, 4]);
  expect([...unmatchedTokens(lane([1, 2, 3]), lane([2, 3]))]).toEqual([]);
});

it('handles empty and equal lanes', () => {
  expect(unmatchedTokens([], lane([1]))).toEqual(new Set([0]));
  expect(unmatchedTokens(lane([1, 2]), lane([1, 2])).size).toBe(0);
});

it('reads the server’s alignment', () => {
  const unmatched = unmatchedInResult([
    { op: 'same', baseline: 0, steered: 0 },
    { op: 'replace', baseline: 1, steered: 1 },
    { op: 'insert', baseline: null, steered: 2 },
    { op: 'delete', baseline: 2, steered: null },
  ]);
  expect([...unmatched]).toEqual([1, 2]);
});
