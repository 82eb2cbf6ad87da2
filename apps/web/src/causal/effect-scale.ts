import type { Effect } from '@featurescope/contracts';

export interface EffectScale {
  /** Nats at the left and the right end. */
  from: number;
  to: number;
}

/** A scale that holds 0, every mean and every interval, with a little room on both sides. */
export function effectScale(effects: readonly Effect[]): EffectScale {
  const values = effects.flatMap(({ mean, interval }) => [mean, ...(interval ?? [])]);
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const room = (high - low || 1) * 0.04;
  return { from: low - room, to: high + room };
}

/** Where a value lies on the scale, in percent. */
export const placeOn = ({ from, to }: EffectScale, value: number): number => ((value - from) / (to - from)) * 100;

/** How many of the nulls an effect is larger than. */
export const countBelow = (effect: Effect, nulls: readonly Effect[]): number =>
  nulls.filter(({ mean }) => mean < effect.mean).length;

/** The middle value, the mean of two where they are even in number. */
export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}
