import { tf } from '@featurescope/tensor';
import { startTestBackend } from '@featurescope/tensor/testing';
import { beforeAll, expect, it } from 'vitest';
import { projectOffRows, unitRows } from './decoder-constraint.ts';

beforeAll(async () => {
  await startTestBackend();
});

it('takes the part along each row from its gradient', () => {
  const decoder = tf.tensor2d([1, 0, 0.6, 0.8], [2, 2]);
  const projected = projectOffRows(tf.tensor2d([3, 4, 1, 2], [2, 2]), decoder);
  // (1, 2)·(0.6, 0.8) = 2.2; (1, 2) − 2.2·(0.6, 0.8) = (−0.32, 0.24).
  const expected = [0, 4, -0.32, 0.24];
  projected.dataSync().forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], 6);
  });
});

it('makes rows unit vectors and leaves zeros alone', () => {
  const unit = unitRows(tf.tensor2d([3, 4, 0, 0, 0, -2], [3, 2])).dataSync();
  const expected = [0.6, 0.8, 0, 0, 0, -1];
  unit.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], 6);
  });
});
