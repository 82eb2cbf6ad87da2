import { startTestBackend } from '@featurescope/tensor/testing';
import { beforeAll, expect, it } from 'vitest';
import { decoderHealth } from './decoder-health.ts';
import { Rng } from './rng.ts';

beforeAll(startTestBackend);

it('finds the closest other row of each, of either sign, whatever its length', async () => {
  // Rows 0 and 1 at 60°; row 2 the negative of row 0, three times as long; row 3 at right angles to 0; row 4 zero.
  const wDec = Float32Array.of(1, 0, 0.5, Math.sqrt(0.75), -3, 0, 0, 2, 0, 0);
  const health = await decoderHealth(wDec, 2);
  const expected = [1, Math.sqrt(0.75), 1, Math.sqrt(0.75), 0];
  // float32 products of unit rows.
  for (const [i, cosine] of expected.entries()) expect(health.maxCosines[i]).toBeCloseTo(cosine, 6);
  expect(health.histogram.counts.at(-1)).toBe(2);
  expect(health.histogram.counts[17]).toBe(2);
  expect(health.histogram.counts[0]).toBe(1);
  expect(health.shareAbove90).toBeCloseTo(0.4, 12);
  expect(health.medianCosine).toBeCloseTo(Math.sqrt(0.75), 6);
  expect(health.largestCosine).toBeCloseTo(1, 6);
});

it('does not hold the poles of a component against each other', async () => {
  // Two components at 60°, then their negatives.
  const wDec = Float32Array.of(1, 0, 0.5, Math.sqrt(0.75), -1, -0, -0.5, -Math.sqrt(0.75));
  const { maxCosines } = await decoderHealth(wDec, 2);
  // float32 products of unit rows.
  for (const cosine of maxCosines) expect(cosine).toBeCloseTo(0.5, 6);
});

it('does not depend on the slices, and breathes between them', async () => {
  const [nLatents, width] = [5000, 3];
  const rng = Rng.fromSeed(3, 'rows');
  const wDec = Float32Array.from({ length: nLatents * width }, () => rng.normal());
  let nBreaths = 0;
  const health = await decoderHealth(wDec, width, async () => {
    nBreaths++;
  });
  expect(nBreaths).toBeGreaterThan(3);
  const last = nLatents - 1;
  const unit = (i: number) => {
    const row = wDec.subarray(i * width, (i + 1) * width);
    return row.map((value) => value / Math.hypot(...row));
  };
  const own = unit(last);
  let largest = 0;
  for (let i = 0; i < last; i++) {
    const other = unit(i);
    largest = Math.max(largest, Math.abs(own[0] * other[0] + own[1] * other[1] + own[2] * other[2]));
  }
  expect(health.maxCosines[last]).toBeCloseTo(largest, 6);
});

it('stops when breathing throws, and refuses half a row', async () => {
  const stop = async () => {
    throw new Error('enough');
  };
  await expect(decoderHealth(new Float32Array(4), 2, stop)).rejects.toThrow('enough');
  await expect(decoderHealth(new Float32Array(5), 2)).rejects.toThrow(/5 values .* 2/);
  expect((await decoderHealth(Float32Array.of(1, 2), 2)).largestCosine).toBe(0);
});
