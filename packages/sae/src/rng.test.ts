import { describe, expect, it } from 'vitest';
import { Rng } from './rng.ts';

describe('Rng', () => {
  it('repeats with its seed, and differs by seed and by stream', () => {
    const draw = (rng: Rng) => Array.from({ length: 5 }, () => rng.uint32());
    const first = draw(Rng.fromSeed(1, 'a'));
    expect(draw(Rng.fromSeed(1, 'a'))).toEqual(first);
    expect(draw(Rng.fromSeed(2, 'a'))).not.toEqual(first);
    expect(draw(Rng.fromSeed(1, 'b'))).not.toEqual(first);
    expect(draw(Rng.fromSeed(1 + 2 ** 32, 'a'))).not.toEqual(first);
  });

  it('draws the same numbers for ever: stored runs depend on them', () => {
    const rng = Rng.fromSeed(42, 'stream');
    expect(Array.from({ length: 4 }, () => rng.uint32())).toMatchInlineSnapshot(`
      [
        4208296586,
        1878507726,
        148622972,
        4277481251,
      ]
    `);
  });

  it('continues from its state through JSON, between the two normals of a pair too', () => {
    const rng = Rng.fromSeed(7);
    rng.normal();
    const copy = Rng.fromState(JSON.parse(JSON.stringify(rng.state())));
    const draws = (from: Rng) => [from.normal(), from.normal(), from.float(), from.int(10)];
    expect(draws(copy)).toEqual(draws(rng));
  });

  it('splits into generators that do not follow the parent', () => {
    const parent = Rng.fromSeed(3);
    const child = parent.split('child');
    expect(child.uint32()).not.toBe(parent.uint32());
    expect(Rng.fromSeed(3).split('child').state()).toEqual(Rng.fromSeed(3).split('child').state());
  });

  it('has the moments of its distributions', () => {
    const rng = Rng.fromSeed(11);
    const n = 40_000;
    const mean = (draw: () => number) => Array.from({ length: n }, draw).reduce((sum, value) => sum + value, 0) / n;
    // Five standard errors: σ/√n is 0.0014 for uniforms, 0.005 for normals, 0.007 for their squares.
    expect(Math.abs(mean(() => rng.float()) - 0.5)).toBeLessThan(0.007);
    expect(Math.abs(mean(() => rng.normal()))).toBeLessThan(0.025);
    expect(Math.abs(mean(() => rng.normal() ** 2) - 1)).toBeLessThan(0.036);
    const counts = new Array(7).fill(0);
    for (let i = 0; i < n; i++) counts[rng.int(7)]++;
    for (const count of counts) expect(Math.abs(count / n - 1 / 7)).toBeLessThan(0.009);
  });

  it('shuffles in place into a permutation', () => {
    const array = Int32Array.from({ length: 100 }, (_, i) => i);
    const shuffled = Rng.fromSeed(1).shuffle(array);
    expect(shuffled).toBe(array);
    expect([...array].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect([...array]).not.toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it('refuses ranges and seeds it cannot honour', () => {
    expect(() => Rng.fromSeed(1).int(0)).toThrow(/is 0/);
    expect(() => Rng.fromSeed(Number.NaN)).toThrow(/NaN/);
    expect(() => Rng.fromState({ words: [0, 0, 0, 0], spareNormal: null })).toThrow(/zero/);
  });
});
