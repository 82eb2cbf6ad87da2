import { describe, expect, it } from 'vitest';
import { labelScore, wilson } from './label-score.ts';

const decisions = (tp: number, fn: number, tn: number, fp: number) => [
  ...Array.from({ length: tp }, () => ({ fires: true, predicted: true })),
  ...Array.from({ length: fn }, () => ({ fires: true, predicted: false })),
  ...Array.from({ length: tn }, () => ({ fires: false, predicted: false })),
  ...Array.from({ length: fp }, () => ({ fires: false, predicted: true })),
];

describe('labelScore', () => {
  it('counts, and takes the mean of the two rates whatever the class sizes', () => {
    const score = labelScore(decisions(8, 2, 15, 25));
    expect(score.confusion).toEqual({ truePositive: 8, falseNegative: 2, trueNegative: 15, falsePositive: 25 });
    expect(score.balancedAccuracy).toBeCloseTo((0.8 + 0.375) / 2, 12);
  });

  it('gives Wilson’s interval as published', () => {
    // 81 of 263 (Newcombe 1998, table I, method 3): .2553 to .3662.
    const [low, high] = wilson(81, 263);
    expect(low).toBeCloseTo(0.2553, 4);
    expect(high).toBeCloseTo(0.3662, 4);
    // 0 of 20: 0 to z²/(n + z²) = .1611.
    expect(wilson(0, 20)[0]).toBe(0);
    expect(wilson(0, 20)[1]).toBeCloseTo(0.1611, 4);
  });

  it('combines the two intervals, so that a perfect score on few examples is still uncertain', () => {
    const { interval } = labelScore(decisions(20, 0, 20, 0));
    // Half the hypotenuse of two distances of .1611.
    expect(interval[0]).toBeCloseTo(1 - (0.1611 * Math.SQRT2) / 2, 3);
    expect(interval[1]).toBe(1);
    const chance = labelScore(decisions(10, 10, 10, 10)).interval;
    expect(chance[0]).toBeLessThan(0.5);
    expect(chance[1]).toBeGreaterThan(0.5);
  });
});
