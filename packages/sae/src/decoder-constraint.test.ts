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

it('projects a gradient that is taken in blocks as it does a row', () => {
  const [nRows, width] = [3001, 512];
  const draw = (step: number) =>
    Float32Array.from({ length: nRows * width }, (_, i) => ((i * step) % 1009) / 1009 - 0.5);
  const [gradient, direction] = [draw(17), draw(23)];
  const decoder = unitRows(tf.tensor2d(direction, [nRows, width]));
  const units = decoder.dataSync();
  const projected = projectOffRows(tf.tensor2d(gradient, [nRows, width]), decoder).dataSync();
  for (const row of [0, 1000, 1001, 2000, 3000]) {
    const at = (values: ArrayLike<number>, j: number) => values[row * width + j];
    let along = 0;
    for (let j = 0; j < width; j++) along += at(gradient, j) * at(units, j);
    // Sums of 512 products below 1 in float32.
    for (let j = 0; j < width; j++) expect(at(projected, j)).toBeCloseTo(at(gradient, j) - along * at(units, j), 5);
  }
});
