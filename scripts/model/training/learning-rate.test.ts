import { describe, expect, it } from 'vitest';
import { learningRateAt, parseDecay } from './learning-rate.ts';

describe('learningRateAt', () => {
  const schedule = { peak: 2, warmUpSteps: 100, decay: { unit: 'tokens', from: 1000, to: 2000 } } as const;
  it.each([
    [{ step: 50, tokens: 0 }, 1, false],
    [{ step: 100, tokens: 500 }, 2, false],
    [{ step: 900, tokens: 1000 }, 2, false],
    [{ step: 900, tokens: 1750 }, 0.5, false],
    [{ step: 900, tokens: 2500 }, 0, true],
  ])('%o → %d, ended: %s', (at, rate, ended) => {
    const found = learningRateAt(schedule, { ...at, time: 0 });
    expect(found.rate).toBeCloseTo(rate, 12);
    expect(found.ended).toBe(ended);
  });

  it('stays at the peak while no end is decided', () => {
    const open = { peak: 2, warmUpSteps: 100 };
    expect(learningRateAt(open, { step: 1e6, tokens: 1e12, time: 1e15 })).toEqual({ rate: 2, ended: false });
  });

  it('decays over wall-clock time too', () => {
    const decay = parseDecay('2026-01-01T00:00:00Z', '2026-01-01T01:00:00Z')!;
    const at = { step: 500, tokens: 0, time: Date.parse('2026-01-01T00:45:00Z') };
    expect(learningRateAt({ peak: 2, warmUpSteps: 100, decay }, at).rate).toBeCloseTo(0.5, 12);
  });
});

describe('parseDecay', () => {
  it('refuses an end before the beginning, and half a span', () => {
    expect(() => parseDecay('2000', '1000')).toThrow('must lie before');
    expect(() => parseDecay(undefined, '1000')).toThrow('must lie before');
    expect(parseDecay(undefined, undefined)).toBeUndefined();
  });
});
