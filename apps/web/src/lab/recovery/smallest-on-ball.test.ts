import { expect, it } from 'vitest';
import { type Bowl, errorAt, smallestOnBall } from './smallest-on-ball.ts';

const round: Bowl = { centre: [2, 1], a: 1, b: 0, c: 1 };

it('is the centre where the budget reaches it', () => {
  expect(smallestOnBall(round, 'l1', 3)).toEqual([2, 1]);
  expect(smallestOnBall(round, 'l2', 3)).toEqual([2, 1]);
});

it('is the soft threshold of a round bowl on the diamond, and the scaled centre on the circle', () => {
  // min (x − 2)² + (y − 1)² with |x| + |y| ≤ 2: both shrink by ½.
  expect(smallestOnBall(round, 'l1', 2)).toEqual([1.5, 0.5]);
  const [x, y] = smallestOnBall(round, 'l2', 1);
  expect(x).toBeCloseTo(2 / Math.sqrt(5), 3);
  expect(y).toBeCloseTo(1 / Math.sqrt(5), 3);
});

it('ends in a corner on the diamond, with a coordinate that is exactly 0, and never does on the circle', () => {
  expect(smallestOnBall(round, 'l1', 1)).toEqual([1, 0]);
  expect(smallestOnBall(round, 'l1', 0.4)).toEqual([0.4, 0]);
  const [, y] = smallestOnBall(round, 'l2', 0.4);
  expect(y).toBeGreaterThan(0.1);
});

it('has no better point on the rim of a tilted bowl', () => {
  const tilted: Bowl = { centre: [1.2, 1.6], a: 2, b: -0.9, c: 1 };
  for (const budget of [0.3, 0.8, 1.4]) {
    const best = errorAt(tilted, smallestOnBall(tilted, 'l1', budget));
    for (let i = 0; i <= 400; i++) {
      const x = (2 * i * budget) / 400 - budget;
      for (const y of [budget - Math.abs(x), Math.abs(x) - budget])
        expect(errorAt(tilted, [x, y])).toBeGreaterThanOrEqual(best - 1e-12);
    }
  }
});
