import { describe, expect, test } from 'vitest';
import { type CoActivation, coActivation } from './co-activation.ts';
import { golden, sparseOf } from './golden.testing.ts';
import { KindFirings } from './kind-firings.ts';
import { L0Counts } from './l0-counts.ts';

describe('co-activation', () => {
  const { fires, nLatents, minBoth, pairs } = golden.coActivation;
  const acts = sparseOf(fires, nLatents);

  test("Jaccard is scikit-learn's, normalised PMI numpy's", async () => {
    const found = await coActivation(acts, { nLatents, minBoth });
    expect(found.nPairs).toBe(pairs.length);
    for (const list of [found.byJaccard, found.byNpmi]) {
      const inOrder = [...list].sort((a, b) => a.first - b.first || a.second - b.second);
      inOrder.forEach((pair, i) => {
        expect([pair.first, pair.second, pair.nBoth]).toEqual([pairs[i].first, pairs[i].second, pairs[i].nBoth]);
        expect(pair.jaccard).toBeCloseTo(pairs[i].jaccard, 12);
        expect(pair.npmi).toBeCloseTo(pairs[i].npmi, 12);
      });
    }
    expect(isFalling(found.byJaccard.map(({ jaccard }) => jaccard))).toBe(true);
    expect(isFalling(found.byNpmi.map(({ npmi }) => npmi))).toBe(true);
  });

  test('counting some latents at a time gives the same, and so does keeping the best', async () => {
    const whole = await coActivation(acts, { nLatents, minBoth });
    expect(await coActivation(acts, { nLatents, minBoth, blockCounts: 14 })).toEqual(whole);
    const few: CoActivation = await coActivation(acts, { nLatents, minBoth, maxPairs: 3 });
    expect(few.byJaccard).toEqual(whole.byJaccard.slice(0, 3));
    expect(few.nPairs).toBe(whole.nPairs);
  });

  test('independence is 0, always together 1, and blocks are joined through others', async () => {
    // 0 and 1 always together, 2 with them on half of their tokens, 3 independent of 0, 4 alone.
    const rows: number[] = [];
    for (let t = 0; t < 64; t++)
      rows.push(+(t % 2 === 0), +(t % 2 === 0), +(t % 4 === 0), +(t % 4 < 2), +(t % 2 === 1));
    const found = await coActivation(sparseOf(rows, 5), { nLatents: 5 });
    const pair = (first: number, second: number) =>
      found.byNpmi.find((one) => one.first === first && one.second === second);
    expect(pair(0, 1)).toMatchObject({ nBoth: 32, jaccard: 1, npmi: 1 });
    expect(pair(0, 3)?.npmi).toBeCloseTo(0, 12);
    expect(pair(0, 2)).toMatchObject({ nBoth: 16, jaccard: 0.5 });
    expect(pair(0, 4)).toBeUndefined();
    expect(found.blocks).toEqual([{ features: [0, 1, 2, 3], nPairs: 4 }]);
  });

  test('latents that fire on every token are always together', async () => {
    const found = await coActivation(sparseOf(Array(40).fill(1), 2), { nLatents: 2 });
    expect(found.byNpmi[0]).toMatchObject({ nBoth: 20, jaccard: 1, npmi: 1 });
  });
});

describe('L0', () => {
  test('is counted exactly', async () => {
    const counts = new L0Counts(10);
    counts.add({ nRows: 4, rowOffsets: Int32Array.of(0, 3, 5, 8, 14) });
    counts.add({ nRows: 1, rowOffsets: Int32Array.of(0, 3) });
    expect(counts.histogram()).toEqual({
      nTokens: 5,
      mean: 17 / 5,
      edges: [2, 3, 4, 5, 6, 7],
      counts: [1, 3, 0, 0, 1],
      percentiles: { p5: 2, p50: 3, p95: 6 },
      max: 6,
    });
  });

  test('wide ranges are binned without losing a token; none at all is empty', async () => {
    const counts = new L0Counts(1000);
    const offsets = Int32Array.from({ length: 801 }, (_, i) => (i * (i - 1)) / 2 + i);
    counts.add({ nRows: 800, rowOffsets: offsets });
    const { edges, counts: bins, nTokens } = counts.histogram();
    expect(bins.length).toBeLessThanOrEqual(50);
    expect(edges).toHaveLength(bins.length + 1);
    expect(bins.reduce((sum, n) => sum + n, 0)).toBe(nTokens);
    expect(new L0Counts(5).histogram()).toMatchObject({ nTokens: 0, counts: [] });
  });
});

describe('kinds', () => {
  test('a latent of one kind, one of all, and one that fires too seldom', async () => {
    const kinds = new KindFirings(3);
    // 40 tokens of prose: latent 1 on all; 60 of code: latent 0 on 30, latent 1 on all, latent 2 on 5.
    kinds.add('prose', sparseOf(Array(40).fill([0, 1, 0]).flat(), 3), [0, 40]);
    const code = Array.from({ length: 60 }, (_, t) => [+(t < 30), 1, +(t < 5)]).flat();
    const acts = sparseOf(code, 3);
    kinds.add('code', acts, [0, 20]);
    kinds.add('code', acts, [20, 60]);
    const [first, second] = kinds.summaries();
    expect([first.kind, first.nTokens, first.meanL0, first.nFiringLatents]).toEqual(['code', 60, 95 / 60, 3]);
    expect(first.features).toEqual([{ index: 0, nFiring: 30, density: 0.5, share: 1, lift: 100 / 60 }]);
    expect(first.nMostlyHere).toBe(2);
    expect([second.kind, second.features, second.nMostlyHere]).toEqual(['prose', [], 0]);
    expect([...kinds.totals()]).toEqual([30, 100, 5]);
  });
});

const isFalling = (values: number[]) => values.every((value, i) => i === 0 || value <= values[i - 1]);
