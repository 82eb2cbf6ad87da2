import { describe, expect, it } from 'vitest';
import { ActivationHistograms, histogramEdges } from './activation-histograms.ts';

describe('ActivationHistograms', () => {
  it('counts exactly, whatever the order, while the range grows by factors of two', () => {
    const values = Array.from({ length: 500 }, (_, i) => Math.fround(0.001 * 1.03 ** i));
    const max = values[499];
    for (const order of [values, values.toReversed(), [...values.slice(250), ...values.slice(0, 250)]]) {
      const histograms = new ActivationHistograms(2);
      for (const value of order) histograms.add(1, value);
      const { edges, counts } = histograms.histogram(1, max);
      expect(counts).toEqual(counts.map((_, b) => values.filter((v) => v >= edges[b] && v < edges[b + 1]).length));
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(500);
      expect(histograms.histogram(0, 0)).toEqual({ edges: [], counts: [] });
    }
  });

  it('has 33 to 64 bins from 0 to above the maximum, edges that follow from it alone', () => {
    for (const max of [1e-6, 0.5, 0.50001, 1, 3, 1000, 1e30]) {
      const edges = histogramEdges(max);
      expect(edges[0]).toBe(0);
      expect(edges.length - 1).toBeGreaterThanOrEqual(33);
      expect(edges.length - 1).toBeLessThanOrEqual(64);
      expect(edges[edges.length - 1]).toBeGreaterThan(max);
      expect(edges[edges.length - 2]).toBeLessThanOrEqual(max);
    }
  });

  it('keeps powers of two in the bin that begins with them', () => {
    const histograms = new ActivationHistograms(1);
    for (const value of [0.5, 1, 2, 4, 4]) histograms.add(0, value);
    const { edges, counts } = histograms.histogram(0, 4);
    const filled = counts.flatMap((count, bin) => (count > 0 ? [[edges[bin], count]] : []));
    expect(filled).toEqual([
      [0.5, 1],
      [1, 1],
      [2, 1],
      [4, 2],
    ]);
  });
});
