import { Rng } from '@featurescope/sae';
import { expect, it } from 'vitest';
import { choosePeers } from './choose-peers.ts';
import { estimateEffect, sumOver } from './effect-estimate.ts';
import { HurtTokens } from './hurt-tokens.ts';

it('weighs tokens, not contexts, and leaves contexts without tokens out', () => {
  const estimate = estimateEffect(
    [
      { total: 1, nTokens: 1 },
      { total: 0, nTokens: 9 },
      { total: 0, nTokens: 0 },
    ],
    1,
  );
  expect(estimate).toEqual({ mean: 0.1, interval: null, nTokens: 10, nContexts: 2 });
  expect(estimateEffect([], 1)).toEqual({ mean: 0, interval: null, nTokens: 0, nContexts: 0 });
});

it('gives an interval from five contexts on: of no width where all agree, and the same for a seed', () => {
  const same = Array.from({ length: 5 }, (_, i) => ({ total: 0.5 * (i + 1), nTokens: i + 1 }));
  expect(estimateEffect(same, 1).interval).toEqual([0.5, 0.5]);
  const rng = Rng.fromSeed(5, 'totals');
  const other = Array.from({ length: 12 }, () => ({ total: rng.normal(), nTokens: 3 }));
  expect(estimateEffect(other, 1)).toEqual(estimateEffect(other, 1));
  expect(estimateEffect(other, 1).interval).not.toEqual(estimateEffect(other, 2).interval);
});

it('covers the truth about as often as it says', () => {
  const rng = Rng.fromSeed(11, 'coverage');
  let nCovered = 0;
  const nTrials = 200;
  for (let trial = 0; trial < nTrials; trial++) {
    const contexts = Array.from({ length: 30 }, () => {
      const nTokens = 1 + rng.int(20);
      // Tokens of a context share a part of their change: treated as independent, the interval would be far too narrow.
      const shared = rng.normal();
      let total = 0;
      for (let t = 0; t < nTokens; t++) total += 0.3 + shared + 0.2 * rng.normal();
      return { total, nTokens };
    });
    const [low, high] = estimateEffect(contexts, trial).interval!;
    if (low <= 0.3 && 0.3 <= high) nCovered++;
  }
  // A percentile bootstrap of 30 contexts covers a little less than 95%; 200 trials add a standard error of .02.
  expect(nCovered / nTrials).toBeGreaterThan(0.87);
  expect(nCovered / nTrials).toBeLessThan(0.99);
});

it('sums over the positions asked for that have a next token', () => {
  expect(sumOver(Float32Array.of(1, 2, 4, Number.NaN), [1, 2, 3])).toEqual({ total: 6, nTokens: 2 });
});

it('keeps the tokens that lose most, the earlier of equals, and none that gains', () => {
  const hurt = new HurtTokens(3);
  const crossEntropy = Float32Array.of(1, 1, 1, Number.NaN);
  const reading = (contextIndex: number) => ({ contextIndex, crossEntropy, places: Int32Array.of(1, 2) });
  hurt.add(reading(0), Float32Array.of(0, 2), Float32Array.of(0.5, -2, 0.25, Number.NaN));
  hurt.add(reading(1), Float32Array.of(4, 0), Float32Array.of(0.5, 3, 0.125, Number.NaN));
  expect(hurt.list()).toEqual([
    { contextIndex: 1, position: 2, change: 3, ceClean: 1, ceClamped: 4, firing: [[1, 4]] },
    { contextIndex: 0, position: 1, change: 0.5, ceClean: 1, ceClamped: 1.5, firing: [[2, 2]] },
    { contextIndex: 1, position: 1, change: 0.5, ceClean: 1, ceClamped: 1.5, firing: [[1, 4]] },
  ]);
});

it('draws peers from those that fire about as often', () => {
  const features = Array.from({ length: 1000 }, (_, featureIndex) => ({
    featureIndex,
    density: (featureIndex + 1) / 1000,
  }));
  features.push({ featureIndex: 1000, density: 0 });
  const excluded = new Set([99]);
  const peers = choosePeers(features, 0.1, { count: 5, rng: Rng.fromSeed(1, 'peers'), excluded });
  expect(new Set(peers.map(({ featureIndex }) => featureIndex)).size).toBe(5);
  for (const { featureIndex, density } of peers) {
    expect(Math.abs(density - 0.1)).toBeLessThan(0.012);
    expect(featureIndex).not.toBe(99);
  }
  const again = choosePeers(features, 0.1, { count: 5, rng: Rng.fromSeed(2, 'peers'), excluded });
  expect(again).not.toEqual(peers);
  expect(choosePeers(features.slice(-2), 0.1, { count: 5, rng: Rng.fromSeed(1, 'peers'), excluded })).toHaveLength(1);
});
