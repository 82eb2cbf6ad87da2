import { Rng, type SparseActs } from '@featurescope/sae';
import { describe, expect, it } from 'vitest';
import type { Example } from '../types.ts';
import { FeatureIndexer } from './feature-indexer.ts';
import type { IndexedRows } from './indexed-rows.ts';

interface DenseContext {
  contextIndex: number;
  documentIndex: number;
  positions: number[];
  /** [positions][latents], before ReLU. */
  preActs: number[][];
}

// Powers of two, so that f·‖d‖ is exact.
const decoderNorms = Float32Array.of(1, 2, 0.5, 1, 4, 1);

/** Latent 0 is silent, 5 fires nearly always, the others with rates in between. */
function randomContexts(count: number): DenseContext[] {
  const rng = Rng.fromSeed(7, 'indexer-test');
  const shifts = [-50, -2.5, -2, -1.5, -1, 1];
  return Array.from({ length: count }, (_, contextIndex) => ({
    contextIndex,
    documentIndex: Math.floor(contextIndex / 3),
    positions: Array.from({ length: 4 + rng.int(5) }, (_, j) => 1 + 2 * j),
    preActs: [] as number[][],
  })).map((context) => ({
    ...context,
    preActs: context.positions.map(() => shifts.map((shift) => Math.fround(rng.normal() + shift))),
  }));
}

function asRows(contexts: DenseContext[]): IndexedRows {
  const preActs = contexts.flatMap((context) => context.preActs);
  const rowOffsets = [0];
  const indices: number[] = [];
  const values: number[] = [];
  for (const row of preActs) {
    row.forEach((value, latent) => {
      if (value > 0) {
        indices.push(latent);
        values.push(value);
      }
    });
    rowOffsets.push(indices.length);
  }
  let rowEnd = 0;
  const acts: SparseActs = {
    nRows: preActs.length,
    rowOffsets: Int32Array.from(rowOffsets),
    indices: Int32Array.from(indices),
    values: Float32Array.from(values),
  };
  return {
    contexts: contexts.map(({ contextIndex, documentIndex, positions }) => {
      const rowStart = rowEnd;
      rowEnd += positions.length;
      return { contextIndex, documentIndex, rowStart, rowEnd };
    }),
    positions: Uint16Array.from(contexts.flatMap((context) => context.positions)),
    acts,
    preActs: {
      nRows: preActs.length,
      nLatents: decoderNorms.length,
      maxima: (start, end) =>
        Float32Array.from(decoderNorms, (_, latent) =>
          Math.max(...preActs.slice(start, end).map((row) => row[latent])),
        ),
      columns: (start, end, latents) =>
        Float32Array.from(preActs.slice(start, end).flatMap((row) => Array.from(latents, (latent) => row[latent]))),
    },
  };
}

/** One latent's example of one context, straight from the definition. */
function bruteExample(context: DenseContext, latent: number): Example {
  const scaled = context.preActs.map((row) => row[latent] * decoderNorms[latent]);
  const firing = scaled.map((value, j) => ({ position: context.positions[j], value })).filter(({ value }) => value > 0);
  const peak = Math.max(...scaled);
  return {
    contextIndex: context.contextIndex,
    peakPosition: context.positions[scaled.indexOf(peak)],
    peakValue: peak,
    positions: firing.map(({ position }) => position),
    values: firing.map(({ value }) => value),
  };
}

function bestPerDocument(contexts: DenseContext[], latent: number, want: { fires: boolean; count: number }): Example[] {
  const byDocument = new Map<number, Example>();
  for (const context of contexts) {
    const example = bruteExample(context, latent);
    if (example.positions.length > 0 !== want.fires) continue;
    const best = byDocument.get(context.documentIndex);
    if (!best || example.peakValue > best.peakValue) byDocument.set(context.documentIndex, example);
  }
  return [...byDocument.values()].sort((a, b) => b.peakValue - a.peakValue).slice(0, want.count);
}

function indexed(contexts: DenseContext[], perBatch: number): FeatureIndexer {
  const indexer = new FeatureIndexer({ decoderNorms, seed: 3 });
  for (let j = 0; j < contexts.length; j += perBatch) indexer.add(asRows(contexts.slice(j, j + perBatch)));
  return indexer;
}

describe('FeatureIndexer', () => {
  const contexts = randomContexts(150);
  const features = [...indexed(contexts, 7).features()];

  it('agrees with the definitions on counts, maxima, means, tops and near misses', () => {
    const nTokens = contexts.reduce((sum, context) => sum + context.positions.length, 0);
    features.forEach((feature, latent) => {
      const examples = contexts.map((context) => bruteExample(context, latent)).filter((e) => e.positions.length > 0);
      const values = examples.flatMap((example) => example.values);
      expect(feature.firingCount).toBe(values.length);
      expect(feature.firingContexts).toBe(examples.length);
      expect(feature.density).toBe(values.length / nTokens);
      expect(feature.max).toBe(Math.max(0, ...values));
      expect(feature.mean).toBeCloseTo(values.length ? values.reduce((a, b) => a + b, 0) / values.length : 0, 12);
      expect(feature.examples.top).toEqual(bestPerDocument(contexts, latent, { fires: true, count: 20 }));
      expect(feature.examples.nearMisses).toEqual(bestPerDocument(contexts, latent, { fires: false, count: 10 }));
    });
    expect(features[0].firingCount).toBe(0);
    expect(features[0].examples.nearMisses).toHaveLength(10);
    expect(features[5].examples.top).toHaveLength(20);
  });

  it('counts every firing value in the bin that holds it', () => {
    features.forEach(({ histogram: { edges, counts } }, latent) => {
      const values = contexts.flatMap((context) => bruteExample(context, latent).values);
      expect(counts).toEqual(
        counts.map((_, bin) => values.filter((v) => v >= edges[bin] && v < edges[bin + 1]).length),
      );
      if (values.length > 0) expect(counts[counts.length - 1]).toBeGreaterThan(0);
    });
  });

  it('cuts bands at the quartiles of the per-context peaks and fills them from inside', () => {
    for (const latent of [3, 4, 5]) {
      const { bandBorders, examples } = features[latent];
      const peaks = contexts
        .map((context) => bruteExample(context, latent))
        .filter((example) => example.positions.length > 0)
        .map((example) => example.peakValue)
        .sort((a, b) => a - b);
      const at = (share: number) => {
        const place = share * (peaks.length - 1);
        const low = Math.floor(place);
        return peaks[low] + (place - low) * ((peaks[low + 1] ?? peaks[low]) - peaks[low]);
      };
      // 1e-6: interpolation of float32 peaks, rounded in a different order.
      expect(bandBorders?.map((b, i) => Math.abs(b - at(i / 4)) < 1e-6)).toEqual([true, true, true, true, true]);
      examples.bands.forEach((band, i) => {
        expect(band).toHaveLength(5);
        for (const example of band) {
          expect(example).toEqual(bruteExample(contexts[example.contextIndex], latent));
          expect(example.peakValue).toBeGreaterThanOrEqual(bandBorders![i]);
          expect(example.peakValue).toBeLessThanOrEqual(bandBorders![i + 1]);
        }
      });
      const drawn = [...examples.bands.flat(), ...examples.random].map((example) => example.contextIndex);
      expect(new Set(drawn).size).toBe(30);
    }
  });

  it('does not depend on how contexts are batched', () => {
    expect([...indexed(contexts, 150).features()]).toEqual(features);
  });

  it('holds no more after twice the text', () => {
    const twice = indexed([...contexts, ...randomContexts(150)], 10);
    const thrice = indexed([...contexts, ...randomContexts(150), ...randomContexts(150)], 10);
    expect(thrice.sizeBytes).toBe(twice.sizeBytes);
  });

  it('refuses rows that contradict each other', () => {
    const rows = asRows(contexts.slice(0, 2));
    const indexer = new FeatureIndexer({ decoderNorms, seed: 1 });
    expect(() => indexer.add({ ...rows, preActs: { ...rows.preActs, nRows: 1 } })).toThrow(/do not match/);
  });
});
