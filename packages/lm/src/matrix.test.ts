import { describe, expect, it } from 'vitest';
import { expand, type PackedMatrix, selectRows, sliceRows, stackRows } from './matrix.ts';

/** Three rows of one block: all codes of row i are 8 + i in 4 bits, so that a value is scale · i + offset. */
const packed = (scale: number, offsets: number[] | null): PackedMatrix => ({
  bits: 4,
  codes: new Uint8Array(48).map((_, byte) => (8 + Math.floor(byte / 16)) * 17),
  scales: Float32Array.of(scale, scale, scale),
  offsets: offsets && Float32Array.from(offsets),
});
const rowValues = (values: Float32Array) =>
  Array.from({ length: values.length / 32 }, (_, row) => values[row * 32 + 5]);

describe('a packed matrix', () => {
  it('stands for scale · (code − 8) + offset, the lower half of a byte first', () => {
    expect(rowValues(expand(packed(2, [0, 10, 20])))).toEqual([0, 12, 24]);
    const codes = Uint8Array.of(0xf0, ...new Array(15).fill(0x88));
    const values = expand({ bits: 4, codes, scales: Float32Array.of(0.5), offsets: null });
    expect([...values.subarray(0, 4)]).toEqual([-4, 3.5, 0, 0]);
  });

  it('moves and cuts rows with their scales and offsets', () => {
    const matrix = packed(2, [0, 10, 20]);
    expect(rowValues(expand(selectRows(matrix, 3, [2, 0, 2])))).toEqual([24, 0, 24]);
    expect(rowValues(expand(sliceRows(matrix, 3, [1, 3])))).toEqual([12, 24]);
  });

  it('stays packed under another one, with or without offsets, and is expanded under numbers', () => {
    const both = stackRows([packed(2, null), packed(1, [5, 5, 5])]);
    expect(both).toMatchObject({ bits: 4 });
    expect(rowValues(expand(both))).toEqual([0, 2, 4, 5, 6, 7]);
    const mixed = stackRows([packed(2, null), new Float32Array(32).fill(9)]);
    expect(mixed).toBeInstanceOf(Float32Array);
    expect(rowValues(mixed as Float32Array)).toEqual([0, 2, 4, 9]);
  });
});
