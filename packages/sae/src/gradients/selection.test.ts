import { tf } from '@featurescope/tensor';
import { startTestBackend } from '@featurescope/tensor/testing';
import { beforeAll, expect, it } from 'vitest';
import { Rng } from '../rng.ts';
import { BatchSelection } from './selection.ts';

beforeAll(async () => {
  await startTestBackend();
});

it('keeps the same entries of a batch whether it is seen at once or a few rows at a time, ties included', () => {
  const [nRows, nColumns] = [24, 50];
  const rng = Rng.fromSeed(1);
  // Few distinct values, so that many tie at the boundary.
  const values = Float32Array.from({ length: nRows * nColumns }, () => Math.round(3 * rng.normal()));
  for (const n of [1, 40, 200, 2000]) {
    const kept = [24, 8, 3].map((blockRows) => {
      const selection = new BatchSelection(n);
      for (let start = 0; start < nRows; start += blockRows) {
        const block = values.subarray(start * nColumns, (start + blockRows) * nColumns);
        selection.add(tf.tensor2d(block, [blockRows, nColumns]));
      }
      return selection.kept();
    });
    expect(kept[1]).toEqual(kept[0]);
    expect(kept[2]).toEqual(kept[0]);
    const nPositive = values.filter((value) => value > 0).length;
    expect(kept[0].values.length).toBe(Math.min(n, nPositive));
    expect(kept[0].values.every((value) => value > 0)).toBe(true);
  }
});
