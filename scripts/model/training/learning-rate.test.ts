import { describe, expect, it } from 'vitest';
import { learningRateAt } from './learning-rate.ts';

describe('learningRateAt', () => {
  const schedule = { peak: 2, warmUpSteps: 100, decayFromTokens: 1000, decayToTokens: 2000 };
  it.each([
    [{ step: 50, tokens: 0 }, 1],
    [{ step: 100, tokens: 500 }, 2],
    [{ step: 900, tokens: 1000 }, 2],
    [{ step: 900, tokens: 1750 }, 0.5],
    [{ step: 900, tokens: 2500 }, 0],
  ])('%o → %d', (at, expected) => expect(learningRateAt(schedule, at)).toBeCloseTo(expected, 12));

  it('stays at the peak while no end is decided', () => {
    const open = { ...schedule, decayFromTokens: Infinity, decayToTokens: Infinity };
    expect(learningRateAt(open, { step: 1e6, tokens: 1e12 })).toBe(2);
  });
});
