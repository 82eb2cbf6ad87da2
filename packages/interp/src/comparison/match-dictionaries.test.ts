import { Rng, randomDirections } from '@featurescope/sae';
import { startTestBackend } from '@featurescope/tensor/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { cosineSlices } from './cosine-slices.ts';
import { featureFates } from './feature-fates.ts';
import { golden } from './golden.testing.ts';
import { decodeMatch, encodeMatch } from './match-codec.ts';
import { matchDictionaries } from './match-dictionaries.ts';
import { cosineHistogram, summariseMatch } from './match-shares.ts';

beforeAll(() => startTestBackend());

const [width, n] = [24, 60];
const rows = randomDirections(n, width, Rng.fromSeed(1));
const permuted = (order: number[], scale = 1) =>
  Float32Array.from(order.flatMap((row) => [...rows.subarray(row * width, (row + 1) * width)].map((x) => scale * x)));
const thresholds = [0.7, 0.9];

describe('matching by cosine', () => {
  test('a dictionary compared with itself is matched whole, each latent with itself', async () => {
    for (const maxHungarianLatents of [4096, 0]) {
      const match = await matchDictionaries(rows, rows, { width, maxHungarianLatents });
      expect([...match.matchOfA]).toEqual(Array.from(Array(n).keys()));
      const { above, meanCosine } = summariseMatch(match, thresholds);
      expect(above.map(({ shareOfA, shareOfB }) => [shareOfA, shareOfB])).toEqual([
        [1, 1],
        [1, 1],
      ]);
      expect(meanCosine).toBeCloseTo(1, 6);
      expect(new Set(featureFates(match, 0.7).forwards.fates)).toEqual(new Set(['stable']));
    }
  });

  test('order and length of the rows change nothing', async () => {
    const order = Rng.fromSeed(2).shuffle(Array.from(Array(n).keys()));
    for (const maxHungarianLatents of [4096, 0]) {
      const match = await matchDictionaries(rows, permuted(order, 3), { width, maxHungarianLatents });
      expect([...match.matchOfA].map((b) => order[b])).toEqual(Array.from(Array(n).keys()));
      expect(summariseMatch(match, thresholds).above[1].shareOfA).toBe(1);
    }
  });

  test('the opposite direction is another feature', async () => {
    const match = await matchDictionaries(rows, permuted(Array.from(Array(n).keys()), -1), { width });
    expect(summariseMatch(match, thresholds).above[0].nPairs).toBe(0);
  });

  test("pairs and nearest rows are scipy's", async () => {
    const { a, b, matchOfA, totalCosine, ...nearest } = golden.matching;
    const match = await matchDictionaries(Float32Array.from(a), Float32Array.from(b), { width: 6 });
    expect(match.method).toBe('hungarian');
    expect([...match.matchOfA]).toEqual(matchOfA);
    expect([...match.nearestOfA]).toEqual(nearest.nearestOfA);
    expect([...match.nearestOfB]).toEqual(nearest.nearestOfB);
    // float32 products of six terms.
    expect(match.cosineOfA.reduce((sum, cosine) => sum + cosine, 0)).toBeCloseTo(totalCosine, 5);
    for (const [i, cosine] of match.nearestCosineOfA.entries())
      expect(cosine).toBeCloseTo(nearest.nearestCosineOfA[i], 6);
    for (const [i, cosine] of match.nearestCosineOfB.entries())
      expect(cosine).toBeCloseTo(nearest.nearestCosineOfB[i], 6);
  });

  test('slices of any size give the same', async () => {
    const other = randomDirections(35, width, Rng.fromSeed(5));
    const whole = await matchDictionaries(rows, other, { width });
    for (const sliceValues of [1, 100, 351]) {
      const match = await matchDictionaries(rows, other, { width, sliceValues });
      expect([match.matchOfA, match.nearestOfA, match.nearestOfB]).toEqual([
        whole.matchOfA,
        whole.nearestOfA,
        whole.nearestOfB,
      ]);
      // The order of float32 sums may follow the shape of the product.
      for (const [a, cosine] of match.cosineOfA.entries()) expect(cosine).toBeCloseTo(whole.cosineOfA[a], 6);
    }
    const slices = [...cosineSlices(rows, other, { width, sliceValues: 100 })];
    expect(Math.max(...slices.map(({ cosines }) => cosines.length))).toBeLessThanOrEqual(100);
  });

  test('a zero row has cosine 0 and is nobody’s match above a threshold', async () => {
    const withZero = Float32Array.from(rows);
    withZero.fill(0, 0, width);
    const match = await matchDictionaries(withZero, rows, { width });
    expect(match.nearestCosineOfA[0]).toBe(0);
    expect(summariseMatch(match, thresholds).above[1].nPairs).toBe(n - 1);
    expect(featureFates(match, 0.7).forwards.fates[0]).toBe('lost');
  });

  test('values that are not finite are refused with their row', async () => {
    const broken = Float32Array.from(rows);
    broken[3 * width + 1] = Number.NaN;
    await expect(matchDictionaries(rows, broken, { width })).rejects.toThrow('Row 3 of a dictionary holds NaN');
  });

  test('random directions of this size do not match', async () => {
    const match = await matchDictionaries(rows, randomDirections(n, width, Rng.fromSeed(9)), { width });
    expect(summariseMatch(match, thresholds).above[1].nPairs).toBe(0);
    expect([...randomDirections(3, 4, Rng.fromSeed(9))]).toEqual([...randomDirections(3, 4, Rng.fromSeed(9))]);
  });
});

test('a matching survives its bytes, at any offset; other bytes are refused', async () => {
  const match = await matchDictionaries(rows, randomDirections(7, width, Rng.fromSeed(3)), { width });
  const bytes = encodeMatch(match);
  const moved = new Uint8Array(bytes.length + 1);
  moved.set(bytes, 1);
  expect(decodeMatch(moved.subarray(1))).toEqual(match);
  for (const broken of [bytes.subarray(0, -1), bytes.subarray(4), new Uint8Array(0)])
    expect(() => decodeMatch(broken)).toThrow('are not a matching');
});

describe('shares', () => {
  const match = {
    matchOfA: Int32Array.of(0, 1, -1),
    cosineOfA: Float32Array.of(0.95, 0.75, 0),
    nearestOfB: Int32Array.of(0, 1),
  };

  test('are of each side’s own number of latents', async () => {
    const { above, nPairs, meanCosine } = summariseMatch(match, thresholds);
    expect([nPairs, above[0].nPairs, above[1].nPairs]).toEqual([2, 2, 1]);
    expect([above[0].shareOfA, above[0].shareOfB]).toEqual([2 / 3, 1]);
    expect(meanCosine).toBeCloseTo(0.85, 6);
  });

  test('leave out what is not to count', async () => {
    const { nA, nB, above } = summariseMatch(match, [0.7], { a: (row) => row !== 1, b: (row) => row !== 1 });
    expect([nA, nB, above[0].nPairs, above[0].shareOfA]).toEqual([2, 1, 1, 0.5]);
  });

  test('bins hold their lower edge', async () => {
    const { edges, counts } = cosineHistogram([-1, 0.9, 0.9499, 1, 0]);
    expect(edges).toHaveLength(41);
    expect(counts[0]).toBe(1);
    expect(counts[edges.indexOf(0.9)]).toBe(2);
    expect([counts[39], counts[edges.indexOf(0)]]).toEqual([1, 1]);
  });
});

describe('fates', () => {
  // B has two rows near A's first, one near its second, and one of its own; A's third is near B's third, but not its match; its fourth is lost.
  const at = (degrees: number, plane: number) => {
    const row = [0, 0, 0, 0, 0, 0];
    row[2 * plane] = Math.cos((degrees * Math.PI) / 180);
    row[2 * plane + 1] = Math.sin((degrees * Math.PI) / 180);
    return row;
  };
  const a = Float32Array.from([at(0, 0), at(0, 1), at(30, 1), at(0, 2)].flat());
  const b = Float32Array.from([at(10, 0), at(-20, 0), at(5, 1), at(90, 2)].flat());
  const fates = async (threshold = 0.7) => featureFates(await matchDictionaries(a, b, { width: 6 }), threshold);

  test('every feature has one', async () => {
    const { forwards, backwards } = await fates();
    expect(forwards.fates).toEqual(['split', 'stable', 'shared', 'lost']);
    expect(backwards.fates).toEqual(['stable', 'shared', 'split', 'lost']);
  });

  test('parts come nearest first', async () => {
    const { forwards, backwards } = await fates();
    expect([...forwards.parts]).toEqual([[0, [0, 1]]]);
    expect([...backwards.parts]).toEqual([[2, [1, 2]]]);
  });

  test('a higher threshold loses more', async () => {
    const strict = await fates(0.97);
    expect(strict.forwards.fates).toEqual(['stable', 'stable', 'lost', 'lost']);
  });
});
