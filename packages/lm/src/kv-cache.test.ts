import { expect, it } from 'vitest';
import { KvCache } from './kv-cache.ts';

it('keeps the positions of every text and head together, however many come at once', () => {
  const cache = new KvCache();
  const [batch, nKvHeads, headDim] = [2, 3, 2];
  const nRows = batch * nKvHeads;
  // A value says its row, position and place.
  const value = (row: number, position: number, place: number) => row * 10_000 + position * 10 + place;
  const positionsOf = (first: number, nPositions: number) =>
    Float32Array.from({ length: nRows * nPositions * headDim }, (_, i) => {
      const [row, position] = [Math.floor(i / (nPositions * headDim)), Math.floor(i / headDim) % nPositions];
      return value(row, first + position, i % headDim);
    });
  expect(cache.past('key', [batch, nKvHeads, headDim]).dims).toEqual([2, 3, 0, 2]);
  let seen = 0;
  for (const nPositions of [5, 1, 1, 300, 1]) {
    cache.append('key', positionsOf(seen, nPositions), { nRows, nPositions, headDim });
    seen += nPositions;
    const past = cache.past('key', [batch, nKvHeads, headDim]);
    expect(past.dims).toEqual([batch, nKvHeads, seen, headDim]);
    expect(past.data).toEqual(positionsOf(0, seen));
  }
  expect(cache.past('value', [batch, nKvHeads, headDim]).dims).toEqual([2, 3, 0, 2]);
});
