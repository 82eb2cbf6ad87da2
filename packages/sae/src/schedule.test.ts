import { expect, it } from 'vitest';
import { learningRateAt, sparsityCoefficientAt } from './schedule.ts';

const schedule = { learningRate: 1, nSteps: 100, learningRateWarmUpSteps: 10, learningRateDecaySteps: 20 };

it('rises over the warm-up, stays, and falls over the last steps without reaching 0', () => {
  const rates = [0, 4, 9, 50, 79, 80, 90, 99].map((step) => learningRateAt(step, schedule));
  const expected = [0.1, 0.5, 1, 1, 1, 1, 0.5, 0.05];
  rates.forEach((rate, i) => {
    expect(rate).toBeCloseTo(expected[i], 12);
  });
});

it('is level without warm-up and decay', () => {
  const level = { ...schedule, learningRateWarmUpSteps: 0, learningRateDecaySteps: 0 };
  expect([0, 50, 99].map((step) => learningRateAt(step, level))).toEqual([1, 1, 1]);
});

it('raises λ from 0', () => {
  const config = { l1Coefficient: 4, sparsityWarmUpSteps: 8 };
  expect([0, 2, 8, 80].map((step) => sparsityCoefficientAt(step, config))).toEqual([0, 1, 4, 4]);
  expect(sparsityCoefficientAt(0, { ...config, sparsityWarmUpSteps: 0 })).toBe(4);
});
