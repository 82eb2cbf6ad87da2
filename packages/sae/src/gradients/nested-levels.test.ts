import { tf } from '@featurescope/tensor';
import { startTestBackend } from '@featurescope/tensor/testing';
import { beforeAll, expect, it } from 'vitest';
import { levelsOf, splitLevels, sumsFromLevel, sumsToLevel } from './nested-levels.ts';

beforeAll(async () => {
  await startTestBackend();
});

/** Two rows, five latents. */
const acts = {
  nRows: 2,
  nColumns: 5,
  rowOffsets: Int32Array.of(0, 3, 5),
  columns: Int32Array.of(0, 2, 4, 1, 2),
  values: Float32Array.of(1, 2, 3, 4, 5),
};

it('puts each entry into the rows of its level', () => {
  const split = splitLevels(acts, [1, 3, 5]);
  expect(split.nRows).toBe(6);
  // Level 0 holds latent 0, level 1 latents 1 and 2, level 2 latents 3 and 4.
  expect([...split.rowOffsets]).toEqual([0, 1, 1, 2, 4, 5, 5]);
  expect([...split.columns]).toEqual([0, 2, 1, 2, 4]);
  expect([...split.values]).toEqual([1, 2, 4, 5, 3]);
  expect(splitLevels(acts, [5])).toBe(acts);
});

it('sums levels upwards and downwards', () => {
  const stacked = tf.tensor2d([1, 10, 2, 20, 4, 40], [6, 1]);
  expect([...sumsToLevel(stacked, 3).dataSync()]).toEqual([1, 10, 3, 30, 7, 70]);
  expect([...sumsFromLevel(stacked, 3).dataSync()]).toEqual([7, 70, 6, 60, 4, 40]);
  expect([...levelsOf(tf.tensor2d([5, 6], [2, 1]), 2).dataSync()]).toEqual([5, 6, 5, 6]);
});
