import { describe, expect, it } from 'vitest';
import { ConfigFields } from './architectures/config-fields.ts';
import { parseRope, rotaryTables } from './rope.ts';

const parse = (raw: Record<string, unknown>, options = {}) =>
  parseRope(new ConfigFields(raw), { headDim: 16, ...options });

describe('parseRope', () => {
  it('reads the older and the newer spelling', () => {
    const scaling = { rope_type: 'linear', factor: 4 };
    const older = parse({ rope_theta: 50_000, rope_scaling: scaling });
    const newer = parse({ rope_parameters: { ...scaling, rope_theta: 50_000 } });
    expect(older).toEqual({ theta: 50_000, rotaryDim: 16, scaling: { type: 'linear', factor: 4 } });
    expect(newer).toEqual(older);
  });

  it('turns a part of each head where the architecture allows it', () => {
    expect(parse({}, { rotaryShare: 0.25 }).rotaryDim).toBe(4);
    expect(parse({ partial_rotary_factor: 0.5 }, { rotaryShare: 1 }).rotaryDim).toBe(8);
    expect(parse({ rope_parameters: { partial_rotary_factor: 0.75 } }, { rotaryShare: 1 }).rotaryDim).toBe(12);
    expect(() => parse({ rope_parameters: { partial_rotary_factor: 1.5 } }, { rotaryShare: 1 })).toThrow(
      '"partial_rotary_factor" is 1.5; expected a share of a head',
    );
    expect(() => parse({ rope_parameters: { partial_rotary_factor: 0.5 } })).toThrow(
      '"partial_rotary_factor" is 0.5; expected 1',
    );
  });
});

describe('rotaryTables', () => {
  it('turns the first pairs and leaves the others still', () => {
    const { cos, sin } = rotaryTables({ theta: 100, rotaryDim: 4, scaling: { type: 'default' } }, 8, 3);
    // Frequencies 1 and 100^(−1/2); at position 2 angles of 2 and .2.
    const expected = [Math.cos(2), Math.cos(0.2), 1, 1, Math.sin(2), Math.sin(0.2), 0, 0];
    expect([...cos.subarray(8), ...sin.subarray(8)]).toEqual(expected.map((value) => expect.closeTo(value, 6)));
  });

  it('divides by the factors of LongRoPE and multiplies what turns by its amplitude', () => {
    const scaling = { type: 'longrope' as const, factors: [2, 4], amplitude: 1.5 };
    const { cos, sin } = rotaryTables({ theta: 100, rotaryDim: 4, scaling }, 8, 2);
    const expected = [
      1.5 * Math.cos(0.5),
      1.5 * Math.cos(0.025),
      1,
      1,
      1.5 * Math.sin(0.5),
      1.5 * Math.sin(0.025),
      0,
      0,
    ];
    expect([...cos.subarray(4), ...sin.subarray(4)]).toEqual(expected.map((value) => expect.closeTo(value, 6)));
  });
});
