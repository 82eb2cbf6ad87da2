import { readFileSync } from 'node:fs';
import { startTestBackend } from '@featurescope/tensor/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { randomDirections } from '../random-directions.ts';
import { Rng } from '../rng.ts';
import { sparsify } from '../sparse-acts.ts';
import { atOnce } from '../stepwise.ts';
import { worstDifference } from '../testing/golden-case.ts';
import { CoFiring } from './co-firing.ts';
import { normalQuantile } from './normal-quantile.ts';
import { randomDictionary } from './random-dictionary.ts';
import { measureRecovery } from './recovery.ts';
import { saelensScores } from './saelens-scores.ts';
import { truthCosines } from './truth-cosines.ts';
import { orthogonalised } from './truth-directions.ts';

interface Golden {
  scores: {
    dModel: number;
    truths: number[];
    decoder: number[];
    truthActs: number[][];
    latentActs: number[][];
    mcc: number;
    uniqueness: number;
    precision: number;
    recall: number;
    f1: number;
  }[];
  orthogonalised: { dModel: number; start: number[]; result: number[] };
  normalQuantiles: [number, number][];
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('../../reference/saelens-synthetic.golden.json', import.meta.url), 'utf8'),
);

beforeAll(async () => {
  await startTestBackend();
});

const sparse = (rows: number[][]) => sparsify(Float32Array.from(rows.flat()), rows.length);

function counted(truthActs: number[][], latentActs: number[][]): CoFiring {
  const firing = new CoFiring(truthActs[0].length, latentActs[0].length);
  firing.add(sparse(truthActs), sparse(latentActs));
  return firing;
}

describe('against SAELens', () => {
  test.each(golden.scores.map((scores, i) => ({ ...scores, i })))('scores of case $i', (example) => {
    const { dModel, truths, decoder, truthActs, latentActs, i: _, ...expected } = example;
    const cosines = truthCosines(Float32Array.from(truths), Float32Array.from(decoder), dModel);
    const scores = saelensScores(cosines, counted(truthActs, latentActs));
    // SAELens computes in float32.
    for (const [name, value] of Object.entries(scores))
      expect(value, name).toBeCloseTo(expected[name as keyof typeof expected] as number, 5);
  });

  test('orthogonalised directions', () => {
    const { dModel, start, result } = golden.orthogonalised;
    // 200 steps of Adam in float32 on both sides, summed in another order.
    expect(worstDifference(atOnce(orthogonalised(Float32Array.from(start), dModel)), result)).toBeLessThan(2e-4);
  });

  test('quantiles of the normal distribution', () => {
    // The series is exact to about 1e-16 of 1, which is 1e-10 of a probability of 1e-6.
    for (const [p, z] of golden.normalQuantiles) expect(normalQuantile(p)).toBeCloseTo(z, 8);
  });
});

test('orthogonalising lowers the interference of more directions than dimensions', () => {
  const interference = (rows: Float32Array) =>
    truthCosines(rows, rows, 8).reduce((sum, cosine) => sum + cosine ** 2, 0) / 24 - 1;
  const random = randomDirections(24, 8, Rng.fromSeed(1));
  // The least possible mean is n/d − 1 = 2 (Welch 1974).
  expect(interference(atOnce(orthogonalised(random, 8)))).toBeLessThan(2.01);
  expect(interference(random)).toBeGreaterThan(2.3);
});

/** Three truths along the axes; latents: truth 0, truth 0 again, truth 1 with its sign turned, a silent one on truth 2. */
const truths = Float32Array.from([1, 0, 0, 0, 1, 0, 0, 0, 1]);
const decoder = Float32Array.from([2, 0, 0, 0.8, 0.6, 0, 0, -1, 0, 0, 0, 1]);
const truthActs = [
  [1, 0, 0],
  [1, 1, 0],
  [0, 1, 0],
  [0, 0, 1],
];
const latentActs = [
  [1, 0, 0, 0],
  [1, 1, 0, 0],
  [0, 0, 1, 0],
  [1, 0, 0, 0],
];

test('a hand-made dictionary', () => {
  const { summary, latentOf } = measureRecovery(truthCosines(truths, decoder, 3), counted(truthActs, latentActs));
  // Latent 1 serves truth 1 better than the turned one does; truth 2 is left with the turned one, whose cosine is 0.
  expect([...latentOf]).toEqual([0, 1, 2]);
  expect(summary.recovery).toBeCloseTo((1 + 0.6 + 0) / 3, 6);
  // All latents, sign ignored: 1, 1 and 1 are there to be matched.
  expect(summary.mcc).toBeCloseTo(1, 6);
  expect(summary.uniqueness).toBe(3 / 4);
  // Best truths of the latents are 0, 0, 1, 2. Precision 2/3, 1, 1, 0; recall 1, 1/2, 1/2, 0.
  expect(summary.precision).toBeCloseTo((2 / 3 + 1 + 1 + 0) / 4, 10);
  expect(summary.recall).toBeCloseTo((1 + 0.5 + 0.5 + 0) / 4, 10);
  expect(summary.f1).toBeCloseTo((0.8 + 2 / 3 + 2 / 3 + 0) / 4, 10);
  expect(summary.mmcsTruths).toBeCloseTo((1 + 0.6 + 0) / 3, 6);
  // Largest over truths: 1, .8, and of the turned one 0.
  expect(summary.mmcsLatents).toBeCloseTo((1 + 0.8 + 0) / 3, 6);
  expect(summary.bestMatch).toBeCloseTo((1 + 0.6 + 0) / 3, 6);
  expect(summary.bestMatchAbs).toBeCloseTo((1 + 1 + 0) / 3, 6);
  // Truths 0 and 1 with latents 0 and 1: precision 2/3 and 1, recall 1 and 1/2. Truth 2 never fires with latent 2.
  expect(summary.truthPrecision).toBeCloseTo((2 / 3 + 1 + 0) / 3, 10);
  expect(summary.truthRecall).toBeCloseTo((1 + 0.5 + 0) / 3, 10);
  expect(summary).toMatchObject({ nSamples: 4, trueL0: 5 / 4, l0: 5 / 4, nAlive: 3, nFrequent: 3 });
});

test('the truth itself is recovered whole, and a dictionary that never fires not at all', () => {
  const perfect = measureRecovery(truthCosines(truths, truths, 3), counted(truthActs, truthActs)).summary;
  for (const key of ['recovery', 'mcc', 'uniqueness', 'f1', 'bestMatch', 'mmcsTruths', 'truthRecall'] as const)
    expect(perfect[key], key).toBeCloseTo(1, 6);
  const silent = truthActs.map(() => [0, 0, 0]);
  const { summary, latentOf } = measureRecovery(truthCosines(truths, truths, 3), counted(truthActs, silent));
  expect([...latentOf]).toEqual([-1, -1, -1]);
  expect(summary).toMatchObject({ recovery: 0, f1: 0, bestMatch: 0, mmcsTruths: 0, mmcsLatents: 0, l0: 0, nAlive: 0 });
});

test('a latent that fires on 1% or less does not count for the best match', () => {
  const firing = new CoFiring(1, 2);
  const acts = Array.from({ length: 200 }, (_, r) => [r < 2 ? 1 : 0, r < 3 ? 1 : 0]);
  firing.add(sparse(acts.map(() => [1])), sparse(acts));
  const cosines = truthCosines(Float32Array.from([1, 0]), Float32Array.from([1, 0, 0.6, 0.8]), 2);
  expect(measureRecovery(cosines, firing).summary.bestMatch).toBeCloseTo(0.6, 6);
  expect(measureRecovery(cosines, firing).summary.mmcsTruths).toBeCloseTo(1, 6);
});

test('32 random directions in 4 dimensions come as near to 8 truths as .92: chance stands beside every figure', () => {
  const cosines = Array.from({ length: 60 }, (_, seed) =>
    truthCosines(
      randomDirections(8, 4, Rng.fromSeed(seed, 'truths')),
      randomDirections(32, 4, Rng.fromSeed(seed, 'latents')),
      4,
    ),
  );
  const best = cosines.map((matrix) => {
    const everything = sparse([Array.from({ length: 32 }, () => 1)]);
    const firing = new CoFiring(8, 32);
    firing.add(sparse([[1, 1, 1, 1, 1, 1, 1, 1]]), everything);
    return measureRecovery(matrix, firing).summary.bestMatchAbs;
  });
  expect(best.reduce((sum, value) => sum + value, 0) / best.length).toBeCloseTo(0.92, 2);
});

test('a random dictionary has the norms of another, and directions of its own', () => {
  const like = {
    wEnc: Float32Array.from([1, 0, 0, 3]),
    wDec: Float32Array.from([0, 2, 0, 5]),
    bEnc: Float32Array.from([7, 8]),
    bDec: Float32Array.from([9, 9]),
  };
  const random = randomDictionary(like, 2, 3);
  expect(Math.hypot(random.wDec[0], random.wDec[1])).toBeCloseTo(2, 5);
  expect(Math.hypot(random.wDec[2], random.wDec[3])).toBeCloseTo(5, 5);
  expect(Math.hypot(random.wEnc[1], random.wEnc[3])).toBeCloseTo(3, 5);
  // The encoder reads along the direction that the decoder writes.
  expect(random.wEnc[0] / random.wDec[0]).toBeCloseTo(random.wEnc[2] / random.wDec[1], 4);
  expect(random).toMatchObject({ bEnc: like.bEnc, bDec: like.bDec });
  expect(random.wDec).not.toEqual(randomDictionary(like, 2, 4).wDec);
});
