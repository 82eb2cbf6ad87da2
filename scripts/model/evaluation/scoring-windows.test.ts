import { describe, expect, it } from 'vitest';
import { scoringWindows } from './scoring-windows.ts';

describe('scoringWindows', () => {
  it.each([1, 7, 8, 9, 10, 11, 100])('scores each of %d tokens once, in order', (nTokens) => {
    const scored = scoringWindows(nTokens, 8).flatMap(({ start, scoreFrom, scoreTo }) =>
      Array.from({ length: scoreTo - scoreFrom }, (_, index) => start + scoreFrom + index),
    );
    expect(scored).toEqual(Array.from({ length: nTokens }, (_, index) => index));
  });

  it('gives every later window three quarters of its context', () => {
    for (const { start, scoreFrom } of scoringWindows(100, 8).slice(1)) {
      expect(start % 2).toBe(0);
      expect(scoreFrom).toBe(6);
    }
  });
});
