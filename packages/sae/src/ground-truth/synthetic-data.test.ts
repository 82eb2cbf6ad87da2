import { tf } from '@featurescope/tensor';
import { startTestBackend } from '@featurescope/tensor/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { smallWorld, wideWorld } from '../testing/synthetic-worlds.ts';
import { SyntheticData } from './synthetic-data.ts';
import { checkSyntheticSpec, type SumsSpec } from './synthetic-spec.ts';

beforeAll(async () => {
  await startTestBackend();
});

const norm = (row: Float32Array) => Math.hypot(...row);

describe('8 truths in 4 dimensions', () => {
  const data = SyntheticData.create(smallWorld);

  test('samples are sums of 1 to 3 unit truths with magnitudes from .5 to 2', () => {
    const { rows, acts } = data.samples('training', 0, 5000);
    for (let truth = 0; truth < 8; truth++)
      expect(norm(data.truths.subarray(truth * 4, truth * 4 + 4))).toBeCloseTo(1, 6);
    const counts = Array.from({ length: 5000 }, (_, r) => acts.rowOffsets[r + 1] - acts.rowOffsets[r]);
    expect(new Set(counts)).toEqual(new Set([1, 2, 3]));
    expect(Math.min(...acts.values)).toBeGreaterThanOrEqual(0.5);
    expect(Math.max(...acts.values)).toBeLessThan(2);
    // Mean of U(.5, 2) over 10,000 draws: its standard error is .0043.
    const mean = acts.values.reduce((sum, value) => sum + value, 0) / acts.values.length;
    expect(Math.abs(mean - 1.25)).toBeLessThan(0.02);
    for (const r of [0, 1023, 1024, 4999]) {
      const expected = new Float32Array(4);
      for (let e = acts.rowOffsets[r]; e < acts.rowOffsets[r + 1]; e++)
        for (let j = 0; j < 4; j++) expected[j] += acts.values[e] * data.truths[acts.indices[e] * 4 + j];
      for (let j = 0; j < 4; j++) expect(rows[r * 4 + j]).toBeCloseTo(expected[j], 5);
    }
  });

  test('training goes through the 5,000 in passes, each once a pass and in another order', () => {
    const all = data.samples('training', 0, 5000).rows;
    const rowsOf = (values: Float32Array) =>
      Array.from({ length: values.length / 4 }, (_, r) => values.subarray(r * 4, r * 4 + 4).join());
    const drawn = Array.from({ length: 10 }, (_, number) => rowsOf(data.trainingBatch(number, 1000))).flat();
    expect([...drawn.slice(0, 5000)].sort()).toEqual(rowsOf(all).sort());
    expect([...drawn.slice(5000)].sort()).toEqual([...drawn.slice(0, 5000)].sort());
    expect(drawn.slice(5000)).not.toEqual(drawn.slice(0, 5000));
    // A batch across the border of two passes.
    expect(rowsOf(data.trainingBatch(1, 4000))).toEqual(drawn.slice(4000, 8000));
  });
});

test('a batch follows from seed and number alone, whatever was asked before and however it is cut', () => {
  const spec: SumsSpec = { ...wideWorld, nTruths: 40, dModel: 16 };
  const [one, other] = [SyntheticData.create(spec), SyntheticData.create(spec)];
  one.trainingBatch(0, 700);
  one.samples('evaluation', 300, 10);
  const batch = one.trainingBatch(5, 700);
  expect(other.trainingBatch(5, 700)).toEqual(batch);
  const joined = other.samples('training', 3500, 700);
  expect(joined.rows).toEqual(batch);
  expect(joined.acts.rowOffsets[700]).toBe(joined.acts.indices.length);
  expect(one.samples('evaluation', 3500, 700).rows).not.toEqual(batch);
  expect(SyntheticData.create({ ...spec, seed: 201 }).trainingBatch(5, 700)).not.toEqual(batch);
});

test('512 truths at .02 have a true L0 of 10.2, with magnitudes of mean 1 and deviation .25', () => {
  const { acts } = SyntheticData.create(wideWorld).samples('evaluation', 0, 4096);
  // L0 is binomial with deviation 3.17: its mean over 4,096 has standard error .05.
  expect(Math.abs(acts.indices.length / 4096 - 512 * 0.02)).toBeLessThan(0.25);
  const mean = acts.values.reduce((sum, value) => sum + value, 0) / acts.values.length;
  const variance = acts.values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / acts.values.length;
  expect(mean).toBeCloseTo(1, 2);
  expect(Math.sqrt(variance)).toBeCloseTo(0.25, 2);
});

test('a magnitude floored at 0 is no activity', () => {
  const spec: SumsSpec = { ...wideWorld, magnitude: { kind: 'normal', mean: 0.1, deviation: 1 } };
  const { acts } = SyntheticData.create(spec).samples('evaluation', 0, 1024);
  expect(Math.min(...acts.values)).toBeGreaterThan(0);
  // Φ(.1) = .54 of 10.24 stay.
  expect(acts.indices.length / 1024).toBeCloseTo(0.5398 * 10.24, 0);
});

test.each<[Partial<SumsSpec>, string]>([
  [{ nTruths: 0 }, 'nTruths must be a number of at least 1, but is 0'],
  [{ dModel: 1.5 }, 'dModel must be an integer, but is 1.5'],
  [{ activity: { kind: 'range', min: 1, max: 9 } }, 'activity.max must be a number from 1 to 8, but is 9'],
  [{ activity: { kind: 'range', min: 3, max: 2 } }, 'activity.min must be a number from 0 to 2, but is 3'],
  [{ activity: { kind: 'independent', probability: 1.1, decay: 0 } }, 'activity.probability'],
  [{ magnitude: { kind: 'uniform', min: 2, max: 1 } }, 'magnitude.min must be a number from 0 to 1, but is 2'],
  [{ magnitude: { kind: 'normal', mean: Number.NaN, deviation: 0 } }, 'magnitude.mean'],
  [{ correlation: { groupSize: 2, strength: 0.5 } }, 'correlation and hierarchy need activity.kind independent'],
])('refuses %o', (change, message) => {
  expect(() => checkSyntheticSpec({ ...smallWorld, ...change })).toThrow(message);
});

test('directions that are pushed apart are made step by step, and let go of their tensors when they are given up', async () => {
  const spec: SumsSpec = { ...smallWorld, directions: 'orthogonalised' };
  const straight = SyntheticData.create(spec);
  let nSteps = 0;
  const count = async () => {
    nSteps++;
  };
  expect((await SyntheticData.createStepwise(spec, count)).truths).toEqual(straight.truths);
  expect(nSteps).toBe(200);
  const before = tf.memory().numTensors;
  const givenUp = SyntheticData.createStepwise(spec, () => Promise.reject(new Error('enough')));
  await expect(givenUp).rejects.toThrow('enough');
  expect(tf.memory().numTensors).toBe(before);
});
