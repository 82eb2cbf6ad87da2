import { Rng } from '@featurescope/sae';
import { describe, expect, it } from 'vitest';
import { FiringReservoir } from './firing-reservoir.ts';
import { PairArena } from './pair-arena.ts';

function reservoirOf(peaks: number[], seed = 1): FiringReservoir {
  const reservoir = new FiringReservoir(1, new PairArena(), Rng.fromSeed(seed));
  peaks.forEach((peak, contextIndex) => {
    const columns = { positions: Uint16Array.of(contextIndex % 250), values: Float32Array.of(peak) };
    reservoir.offer(0, {
      contextIndex,
      documentIndex: 0,
      peakPosition: contextIndex % 250,
      peak,
      ...columns,
      from: 0,
      to: 1,
    });
  });
  return reservoir;
}

describe('FiringReservoir', () => {
  it('gives exact quartiles while every peak is held', () => {
    const peaks = Array.from({ length: 401 }, (_, i) => (i * 7) % 401);
    expect(reservoirOf(peaks).borders(0)).toEqual([0, 100, 200, 300, 400]);
  });

  it('estimates the quartiles of a long stream, whatever its order, and keeps the exact extremes', () => {
    const rising = Array.from({ length: 20_000 }, (_, i) => i + 1);
    const borders = reservoirOf(rising).borders(0)!;
    expect([borders[0], borders[4]]).toEqual([1, 20_000]);
    // Four standard errors of a quartile's rank with 512 samples: 4 · √(.75 · .25 / 512) = .077.
    for (const quartile of [1, 2, 3]) expect(Math.abs(borders[quartile] / 20_000 - quartile / 4)).toBeLessThan(0.08);
  });

  it('draws members of every part of the stream alike', () => {
    const counts = [0, 0, 0, 0];
    for (let seed = 0; seed < 40; seed++) {
      const { bands, random } = reservoirOf(
        Array.from({ length: 1000 }, (_, i) => (i % 97) + 1),
        seed,
      ).draw(0, {
        perBand: 0,
        nRandom: 50,
      });
      expect(bands.flat()).toHaveLength(0);
      for (const example of random) counts[Math.floor(example.contextIndex / 250)]++;
    }
    // 2,000 draws, 500 expected in each part, standard deviation 19: five of them.
    for (const count of counts) expect(Math.abs(count - 500)).toBeLessThan(97);
  });

  it('splits a feature with few firings as far as it goes', () => {
    const one = reservoirOf([3]).draw(0, { perBand: 5, nRandom: 10 });
    expect(one.bands.map((band) => band.length)).toEqual([0, 0, 0, 1]);
    expect(one.random).toHaveLength(0);
    const four = reservoirOf([1, 2, 3, 4]).draw(0, { perBand: 5, nRandom: 10 });
    expect(four.bands.map((band) => band.map((example) => example.peakValue))).toEqual([[1], [2], [3], [4]]);
    expect(new FiringReservoir(1, new PairArena(), Rng.fromSeed(1)).borders(0)).toBeNull();
  });
});
