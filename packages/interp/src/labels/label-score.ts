import type { LabelScore } from '../types.ts';

/** Two-sided 95% of the standard normal. */
const Z = 1.959963984540054;

/** Balanced accuracy of decisions, with an interval. Both classes must be present (the caller makes sure). */
export function labelScore(decisions: Iterable<{ fires: boolean; predicted: boolean }>): LabelScore {
  const confusion = { truePositive: 0, falseNegative: 0, trueNegative: 0, falsePositive: 0 };
  for (const { fires, predicted } of decisions) {
    if (fires) confusion[predicted ? 'truePositive' : 'falseNegative']++;
    else confusion[predicted ? 'falsePositive' : 'trueNegative']++;
  }
  const positives = confusion.truePositive + confusion.falseNegative;
  const negatives = confusion.trueNegative + confusion.falsePositive;
  const truePositiveRate = confusion.truePositive / positives;
  const trueNegativeRate = confusion.trueNegative / negatives;
  return {
    balancedAccuracy: (truePositiveRate + trueNegativeRate) / 2,
    interval: meanInterval(
      { rate: truePositiveRate, interval: wilson(confusion.truePositive, positives) },
      { rate: trueNegativeRate, interval: wilson(confusion.trueNegative, negatives) },
    ),
    truePositiveRate,
    trueNegativeRate,
    confusion,
  };
}

/** Wilson's 95% score interval of a proportion. Source: Wilson 1927. */
export function wilson(successes: number, trials: number): [number, number] {
  const rate = successes / trials;
  const shrink = 1 + Z ** 2 / trials;
  const centre = (rate + Z ** 2 / (2 * trials)) / shrink;
  const half = (Z / shrink) * Math.sqrt((rate * (1 - rate)) / trials + Z ** 2 / (4 * trials ** 2));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

interface Rate {
  rate: number;
  interval: [number, number];
}

/** Interval of the mean of two independent proportions from their own intervals: MOVER (Zou & Donner 2008). */
function meanInterval(a: Rate, b: Rate): [number, number] {
  const mean = (a.rate + b.rate) / 2;
  const below = Math.hypot(a.rate - a.interval[0], b.rate - b.interval[0]) / 2;
  const above = Math.hypot(a.interval[1] - a.rate, b.interval[1] - b.rate) / 2;
  return [Math.max(0, mean - below), Math.min(1, mean + above)];
}
