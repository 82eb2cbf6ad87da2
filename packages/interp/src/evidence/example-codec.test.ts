import { describe, expect, it } from 'vitest';
import { EvidenceFormatError } from '../errors.ts';
import type { Example, FeatureExamples } from '../types.ts';
import { decodeExamples, encodeExamples } from './example-codec.ts';

const firing = (contextIndex: number, pairs: [number, number][]): Example => {
  const peak = pairs.reduce((best, pair) => (pair[1] > best[1] ? pair : best));
  return {
    contextIndex,
    peakPosition: peak[0],
    peakValue: peak[1],
    positions: pairs.map((pair) => pair[0]),
    values: pairs.map((pair) => pair[1]),
  };
};

const examples: FeatureExamples = {
  top: [
    firing(70_000, [
      [3, 1.5],
      [250, 8],
      [255, 0.25],
    ]),
    firing(0, [[1, 4]]),
  ],
  bands: [[firing(5, [[2, 0.00001]])], [], [firing(12, [[9, 3]])], []],
  random: [firing(4_000_000_000, [[4095, 2]])],
  nearMisses: [{ contextIndex: 9, peakPosition: 77, peakValue: -0.125, positions: [], values: [] }],
};

describe('packed examples', () => {
  it('come back with every position and with values within half a step of the scale', () => {
    const back = decodeExamples(encodeExamples(examples));
    expect(back.nearMisses).toEqual(examples.nearMisses);
    const flat = (all: FeatureExamples) => [...all.top, ...all.bands.flat(), ...all.random];
    expect(back.bands.map((band) => band.length)).toEqual([1, 0, 1, 0]);
    flat(examples).forEach((example, i) => {
      const other = flat(back)[i];
      expect(other.contextIndex).toBe(example.contextIndex);
      expect(other.positions).toEqual(example.positions);
      expect(other.peakPosition).toBe(example.peakPosition);
      example.values.forEach((value, j) => {
        const step = 8 / 65_535;
        const bound = value < step / 2 ? step : step / 2;
        // 1e-9 for the rounding of the products themselves.
        expect(Math.abs(other.values[j] - value)).toBeLessThanOrEqual(bound + 1e-9);
        expect(other.values[j]).toBeGreaterThan(0);
      });
    });
    expect(back.top[0].peakValue).toBe(8);
  });

  it('take at most 7 bytes and 3 a position for each example of a short context', () => {
    const many = {
      ...examples,
      top: Array.from({ length: 20 }, (_, i) =>
        firing(100_000 + i, [
          [10, 1],
          [20, 2],
          [30, 8],
        ]),
      ),
    };
    const few = { ...examples, top: [] };
    expect(encodeExamples(many).length - encodeExamples(few).length).toBeLessThanOrEqual(20 * (7 + 3 * 3));
  });

  it('hold a feature that never fired', () => {
    const dead: FeatureExamples = { top: [], bands: [[], [], [], []], random: [], nearMisses: examples.nearMisses };
    expect(decodeExamples(encodeExamples(dead))).toEqual(dead);
  });

  it('are refused when cut, extended or of another version', () => {
    const bytes = encodeExamples(examples);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeExamples(bytes.subarray(0, length))).toThrow(EvidenceFormatError);
    }
    expect(() => decodeExamples(Uint8Array.of(...bytes, 0))).toThrow(/1 bytes follow/);
    expect(() => decodeExamples(Uint8Array.of(2, ...bytes.subarray(1)))).toThrow(/version 2/);
  });
});
