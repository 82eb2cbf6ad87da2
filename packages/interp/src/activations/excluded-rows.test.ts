import { describe, expect, it } from 'vitest';
import { dropOutliers } from './activation-chunk.ts';
import { outlierNormOf, specialTokenIds } from './excluded-rows.ts';
import type { ModelRows } from './model-rows.ts';
import { usableRows } from './usable-rows.ts';

/** Two contexts of 4 and 2 tokens; row r is (r + 1, 0), but row 2 is (300, 400), of norm 500. */
const pass: ModelRows = {
  ...{ contextIndices: [7, 3], contexts: [Int32Array.of(0, 5, 6, 9), Int32Array.of(0, 8)] },
  ...{ batch: 2, seqLen: 4, lengths: Int32Array.of(4, 2), width: 2 },
  rows: Float32Array.of(1, 0, 2, 0, 300, 400, 4, 0, 5, 0, 6, 0, 7, 0, 8, 0),
};

describe('usableRows', () => {
  it('keeps text in order with its positions, and counts what it leaves out', () => {
    const usable = usableRows(pass, new Set([0, 9]), 100);
    expect([...usable.rows]).toEqual([2, 0, 6, 0]);
    expect([...usable.positions.subarray(0, usable.nRows)]).toEqual([1, 1]);
    expect(usable.contexts).toEqual([
      { contextIndex: 7, rowStart: 0, rowEnd: 1 },
      { contextIndex: 3, rowStart: 1, rowEnd: 2 },
    ]);
    expect(usable.excluded).toEqual({ special: 3, outlierNorm: 1 });
  });

  it('keeps a row of exactly the limit', () => {
    expect(usableRows(pass, new Set([0]), 500).excluded).toEqual({ special: 2, outlierNorm: 0 });
    expect(usableRows(pass, new Set([0]), 499.9).excluded).toEqual({ special: 2, outlierNorm: 1 });
  });
});

describe('outlying norms', () => {
  it('lie above ten times the median', () => {
    expect(outlierNormOf([3, 1, 2])).toBe(20);
    expect(outlierNormOf([1, 2, 3, 4])).toBe(20);
    expect(outlierNormOf([])).toBe(Number.POSITIVE_INFINITY);
  });

  it('are dropped from a chunk without disturbing the order of the rest', () => {
    const rows = Float32Array.of(1, 0, 30, 0, 2, 0, 0, 40, 3, 0);
    const chunk = {
      ...{ rows, nRows: 5, width: 2, positions: Uint16Array.of(1, 2, 3, 1, 2), outlierNorm: Number.POSITIVE_INFINITY },
      contexts: [
        { contextIndex: 7, rowStart: 0, rowEnd: 3 },
        { contextIndex: 4, rowStart: 3, rowEnd: 5 },
      ],
      excluded: { special: 2, outlierNorm: 1 },
    };
    dropOutliers(chunk, 20);
    expect(chunk.nRows).toBe(3);
    expect([...rows.subarray(0, 6)]).toEqual([1, 0, 2, 0, 3, 0]);
    expect([...chunk.positions.subarray(0, 3)]).toEqual([1, 3, 2]);
    expect(chunk.contexts).toEqual([
      { contextIndex: 7, rowStart: 0, rowEnd: 2 },
      { contextIndex: 4, rowStart: 2, rowEnd: 3 },
    ]);
    expect(chunk.excluded).toEqual({ special: 2, outlierNorm: 3 });
  });
});

describe('specialTokenIds', () => {
  it('are the beginning- and end-of-text tokens a model has', () => {
    const config = (bosTokenId: number | null, eosTokenIds: number[]) =>
      ({ config: { bosTokenId, eosTokenIds } }) as never;
    expect(specialTokenIds(config(1, [2, 3]))).toEqual(new Set([1, 2, 3]));
    expect(specialTokenIds(config(null, []))).toEqual(new Set());
  });
});
