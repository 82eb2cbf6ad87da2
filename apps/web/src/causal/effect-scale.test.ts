import { expect, test } from 'vitest';
import { countBelow, effectScale, median, placeOn } from './effect-scale.ts';

const effect = (mean: number, interval: [number, number] | null = null) => ({
  mean,
  interval,
  nTokens: 9,
  nContexts: 3,
});

test('a scale holds zero and every interval', () => {
  const scale = effectScale([effect(0.2, [0.1, 0.5]), effect(-0.1)]);
  expect(placeOn(scale, 0.5)).toBeLessThan(100);
  expect(placeOn(scale, -0.1)).toBeGreaterThan(0);
  expect(placeOn(scale, 0)).toBeGreaterThan(placeOn(scale, -0.1));
  expect(placeOn(effectScale([effect(0)]), 0)).toBe(50);
});

test('an effect is compared with the means of its nulls, and is not larger than an equal one', () => {
  expect(countBelow(effect(0.2), [effect(0.1), effect(0.2), effect(0.3), effect(-1)])).toBe(2);
});

test('the median of an even number lies between the two in the middle', () => {
  expect(median([5, 1, 2, 4])).toBe(3);
  expect(median([5, -1, 2])).toBe(2);
});
