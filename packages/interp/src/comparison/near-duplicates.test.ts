import { Rng, randomDirections } from '@featurescope/sae';
import { startTestBackend } from '@featurescope/tensor/testing';
import { beforeAll, expect, test } from 'vitest';
import { nearDuplicates } from './near-duplicates.ts';

beforeAll(() => startTestBackend());

const circle = (degrees: number[]) =>
  Float32Array.from(degrees.flatMap((angle) => [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)]));

test('pairs above the threshold, nearest first; an opposite row is none', async () => {
  const found = await nearDuplicates(circle([0, 10, 90, 180, 100.5]), { width: 2 });
  expect(found.nPairs).toBe(2);
  expect(found.nRows).toBe(4);
  expect(found.pairs.map(({ first, second }) => [first, second])).toEqual([
    [0, 1],
    [2, 4],
  ]);
  // cos 10°, in float32.
  expect(found.pairs[0].cosine).toBeCloseTo(0.98481, 5);
});

test('all are counted where only some are kept', async () => {
  const same = circle(Array(40).fill(7));
  for (const sliceValues of [undefined, 50]) {
    const found = await nearDuplicates(same, { width: 2, maxPairs: 10, sliceValues });
    expect([found.nPairs, found.nRows, found.pairs.length]).toEqual([780, 40, 10]);
  }
  const kept = await nearDuplicates(circle([0, 3, 1, 0.5, 8]), { width: 2, maxPairs: 2 });
  expect(kept.pairs.map(({ first, second }) => [first, second])).toEqual([
    [0, 3],
    [2, 3],
  ]);
});

test('random directions have none, zero rows neither', async () => {
  expect((await nearDuplicates(randomDirections(50, 32, Rng.fromSeed(4)), { width: 32 })).nPairs).toBe(0);
  expect((await nearDuplicates(new Float32Array(20), { width: 4 })).nPairs).toBe(0);
});
