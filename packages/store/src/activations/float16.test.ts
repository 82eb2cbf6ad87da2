import { describe, expect, it } from 'vitest';
import { fromHalves, scaleExponent, toHalves } from './float16.ts';

const half = (value: number, scale = 1) => {
  const target = new Uint16Array(1);
  toHalves(Float32Array.of(value), scale, target);
  return target[0];
};
const back = (bits: number, scale = 1) => {
  const target = new Float32Array(1);
  fromHalves(Uint16Array.of(bits), scale, target);
  return target[0];
};

describe('halves', () => {
  it('are the known bits', () => {
    expect([0, -0, 1, -2, 65_504, 2 ** -14, 2 ** -24, 1 / 3].map((value) => half(value))).toEqual([
      0, 0x8000, 0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x3555,
    ]);
    expect(half(Number.NaN) & 0x7fff).toBe(0x7e00);
    expect([half(Number.POSITIVE_INFINITY), half(-1e9), half(65_520)]).toEqual([0x7c00, 0xfc00, 0x7c00]);
    expect(half(65_519)).toBe(0x7bff);
  });

  it('go there and back unchanged, all 65,536 of them', () => {
    for (let bits = 0; bits < 65_536; bits++) {
      const value = back(bits);
      if (Number.isNaN(value)) expect((bits & 0x7c00) === 0x7c00 && (bits & 0x3ff) !== 0).toBe(true);
      else if (half(value) !== bits) throw new Error(`${bits} became ${half(value)}`);
    }
  });

  it('round to the nearest, ties to the even one', () => {
    // Every neighbouring pair of finite halves: their middle goes to the even one, what lies beside it to the nearer one.
    for (let bits = 0; bits < 0x7bff; bits++) {
      const [low, high] = [back(bits), back(bits + 1)];
      const middle = (low + high) / 2;
      const found = [half(middle), half(Math.fround(middle - (high - low) / 64)), half(middle + (high - low) / 64)];
      const even = bits % 2 === 0 ? bits : bits + 1;
      if (found[0] !== even || found[1] !== bits || found[2] !== bits + 1) throw new Error(`${bits}: ${found}`);
    }
  });

  it('keep a relative error of 2^-11 over 29 powers of two below the greatest value, by the scale', () => {
    for (const greatest of [3e-30, 0.37, 65_504, 1.2e6, 3e38]) {
      const values = Float32Array.from({ length: 30 }, (_, j) => greatest * 2 ** -j * (1 - j / 100));
      const exponent = scaleExponent(values);
      const packed = new Uint16Array(values.length);
      const restored = new Float32Array(values.length);
      toHalves(values, 2 ** -exponent, packed);
      fromHalves(packed, 2 ** exponent, restored);
      for (let j = 0; j < values.length; j++)
        expect(Math.abs(restored[j] / values[j] - 1)).toBeLessThanOrEqual(2 ** -11);
    }
  });

  it('refuse a scale for what is not finite, and need none for zeros', () => {
    expect(scaleExponent(new Float32Array(3))).toBe(0);
    expect(scaleExponent(Float32Array.of(2 ** 14))).toBe(0);
    expect(scaleExponent(Float32Array.of(-(2 ** 15)))).toBe(1);
    expect(() => scaleExponent(Float32Array.of(1, Number.NaN))).toThrow('value 1 is not finite');
    expect(() => scaleExponent(Float32Array.of(Number.NEGATIVE_INFINITY))).toThrow('value 0 is not finite');
  });
});
