import { describe, expect, it } from 'vitest';
import { decodeShard, encodeShard, type ShardContent, ShardFormatError } from './shard-format.ts';

const shard: ShardContent = {
  rows: Float32Array.of(1, -2, 100_000, 0.5, 3, 4, 9, 9),
  nRows: 3,
  width: 2,
  contexts: [
    { contextIndex: 70_000, rowStart: 0, rowEnd: 2 },
    { contextIndex: 4, rowStart: 2, rowEnd: 2 },
    { contextIndex: 5, rowStart: 2, rowEnd: 3 },
  ],
  positions: Uint16Array.of(1, 5, 2, 0),
  excluded: { special: 3, outlierNorm: 1 },
  outlierNorm: 123.456,
};

describe('a shard', () => {
  it('is read as it was written, values above 65,504 included', () => {
    const content = decodeShard(encodeShard(shard));
    expect(content).toMatchObject({ nRows: 3, width: 2, contexts: shard.contexts, excluded: shard.excluded });
    expect(content.outlierNorm).toBe(123.456);
    expect([...content.positions]).toEqual([1, 5, 2]);
    for (let j = 0; j < 6; j++) expect(Math.abs(content.rows[j] / shard.rows[j] - 1)).toBeLessThanOrEqual(2 ** -11);
  });

  it('is the same bytes from rows that were rounded before, and knows a limit that is infinite', () => {
    const bytes = encodeShard({ ...shard, outlierNorm: Number.POSITIVE_INFINITY });
    const content = decodeShard(bytes);
    expect(content.outlierNorm).toBe(Number.POSITIVE_INFINITY);
    expect(encodeShard(content)).toEqual(bytes);
  });

  it('may have no rows, and takes none that are not finite', () => {
    const empty = { ...shard, nRows: 0, contexts: [], rows: new Float32Array(0), positions: new Uint16Array(0) };
    expect(decodeShard(encodeShard(empty))).toMatchObject({ nRows: 0, contexts: [] });
    expect(() => encodeShard({ ...shard, rows: Float32Array.of(1, 2, Number.NaN, 1, 1, 1) })).toThrow(RangeError);
  });

  it('is refused when it is cut, foreign, or contradicts itself', () => {
    const bytes = encodeShard(shard);
    for (let length = 0; length < bytes.length; length++)
      expect(() => decodeShard(bytes.subarray(0, length))).toThrow(ShardFormatError);
    const text = (from: string, to: string) => {
      const changed = Buffer.from(Buffer.from(bytes).toString('latin1').replace(from, to), 'latin1');
      return () => decodeShard(changed);
    };
    expect(text('activations/1', 'activations/9')).toThrow(/format is "featurescope-activations\/9"/);
    expect(text('"F16"', '"F32"')).toThrow(/"activations" is not F16/);
    expect(text('"shape":[3,2]', '"shape":[2,3]')).toThrow(ShardFormatError);
    expect(() => decodeShard(new Uint8Array(100).fill(255))).toThrow(/no safetensors file/);
  });
});
