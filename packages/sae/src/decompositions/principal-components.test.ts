import { startTestBackend } from '@featurescope/tensor/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { Rng } from '../rng.ts';
import { SparseAutoencoder } from '../sparse-autoencoder.ts';
import { decompositionGoldens, relativeError } from './golden.testing.ts';
import { poleDictionary } from './pole-dictionary.ts';
import { principalComponents } from './principal-components.ts';
import { RowMoments } from './row-moments.ts';

beforeAll(() => startTestBackend());

const { pca: golden } = decompositionGoldens();
const goldenRows = Float32Array.from(golden.rows);

function momentsOf(rows: Float32Array, dModel: number, pieces = [rows.length]): RowMoments {
  const moments = new RowMoments(dModel);
  let start = 0;
  for (const length of pieces) {
    moments.add(rows.subarray(start, start + length));
    start += length;
  }
  return moments;
}

describe('principal components', () => {
  it('are those of scikit-learn, however the rows come', () => {
    for (const pieces of [[360], [6, 60, 294]]) {
      const pca = principalComponents(momentsOf(goldenRows, 6, pieces), 6);
      // float32 products of rows that are 40 from the origin: without the shift the error is 1e-4.
      expect(relativeError(pca.mean, golden.mean)).toBeLessThan(1e-7);
      expect(relativeError(pca.variances, golden.variances)).toBeLessThan(2e-6);
      expect(relativeError(pca.components, golden.components)).toBeLessThan(2e-5);
    }
  });

  it('are the axes of a hand-made cloud', () => {
    const pca = principalComponents(momentsOf(Float32Array.of(3, 1, -3, 1, 0, 3, 0, -1), 2), 1);
    expect([...pca.mean]).toEqual([0, 1]);
    expect([...pca.components].map((value) => Math.abs(value))).toEqual([1, 0]);
    expect(pca.variances[0]).toBeCloseTo(6, 6);
    expect(pca.variances[1]).toBeCloseTo(8 / 3, 6);
    expect(pca.totalVariance).toBeCloseTo(6 + 8 / 3, 6);
  });

  it('refuses counts that there are not', () => {
    const moments = momentsOf(goldenRows, 6);
    for (const n of [0, 7, 1.5]) expect(() => principalComponents(moments, n)).toThrow(`but is ${n}`);
    expect(() => principalComponents(momentsOf(goldenRows.subarray(0, 6), 6), 2)).toThrow('At least 2 rows');
    expect(() => new RowMoments(6).add(new Float32Array(7))).toThrow('Rows of 6 values');
    expect(() => principalComponents(momentsOf(Float32Array.of(1, Number.NaN, 2, 3), 2), 1)).toThrow('NaN');
  });
});

describe('poles of signed components', () => {
  const nRows = 60;
  const pca = () => principalComponents(momentsOf(goldenRows, 6), 3);
  const dictionary = (k?: number) => {
    const { components, mean } = pca();
    const { config, weights } = poleDictionary({
      dModel: 6,
      encoder: components,
      decoder: components,
      centre: mean,
      k,
    });
    return new SparseAutoencoder(config, weights);
  };

  /** mean + Σ over the kept components of (v·(x − mean)) v, in float64. */
  function linear(keep: number): Float64Array {
    const { components, mean } = pca();
    const result = new Float64Array(goldenRows.length);
    for (let r = 0; r < nRows; r++) {
      const values = Array.from({ length: 3 }, (_, i) => {
        let sum = 0;
        for (let j = 0; j < 6; j++) sum += components[i * 6 + j] * (goldenRows[r * 6 + j] - mean[j]);
        return sum;
      });
      const kept = [0, 1, 2].sort((a, b) => Math.abs(values[b]) - Math.abs(values[a])).slice(0, keep);
      for (let j = 0; j < 6; j++)
        result[r * 6 + j] = mean[j] + kept.reduce((sum, i) => sum + values[i] * components[i * 6 + j], 0);
    }
    return result;
  }

  it('reconstruct what the signed components do, all of them or the k largest', () => {
    for (const k of [undefined, 1, 2]) {
      const sae = dictionary(k);
      // float32 against float64 on values around 40.
      expect(relativeError(sae.reconstruct(goldenRows, nRows), linear(k ?? 3))).toBeLessThan(1e-6);
      const { rowOffsets } = sae.encodeSparse(goldenRows, nRows);
      for (let r = 0; r < nRows; r++) expect(rowOffsets[r + 1] - rowOffsets[r]).toBe(k ?? 3);
      sae.dispose();
    }
  });

  it('of the whole basis return every row', () => {
    const { components, mean } = principalComponents(momentsOf(goldenRows, 6), 6);
    const { config, weights } = poleDictionary({ dModel: 6, encoder: components, decoder: components, centre: mean });
    const sae = new SparseAutoencoder(config, weights);
    expect(config).toMatchObject({ architecture: 'standard', nLatents: 12 });
    expect(relativeError(sae.reconstruct(goldenRows, nRows), goldenRows)).toBeLessThan(1e-6);
    sae.dispose();
  });

  it('one only drop what is negative', () => {
    const rows = Float32Array.from({ length: 20 }, () => Rng.fromSeed(1).normal());
    const identity = Float32Array.of(1, 0, 0, 1);
    const options = { dModel: 2, encoder: identity, decoder: identity, centre: [0, 0], poles: 'positive' as const };
    const { config, weights } = poleDictionary(options);
    const sae = new SparseAutoencoder(config, weights);
    expect([...sae.reconstruct(rows, 10)]).toEqual([...rows].map((value) => Math.max(0, value)));
    sae.dispose();
    expect(() => poleDictionary({ ...options, centre: [0] })).toThrow('do not fit');
  });
});
