import { startTestBackend } from '@featurescope/tensor/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { fromSaelensDirectory } from '../formats/saelens-reader.ts';
import { toSaelensDirectory } from '../formats/saelens-writer.ts';
import { SparseAutoencoder } from '../sparse-autoencoder.ts';
import { decompositionGoldens, relativeError } from './golden.testing.ts';
import { nonNegativeDictionary } from './non-negative-dictionary.ts';
import { nonNegativeFactors } from './non-negative-factors.ts';
import { splitSigns } from './split-signs.ts';

beforeAll(() => startTestBackend());

const { nmf, nnls } = decompositionGoldens();
const float = (values: number[]) => Float32Array.from(values);

describe('non-negative factors', () => {
  it('are those of scikit-learn after the same updates', async () => {
    const found = await nonNegativeFactors({
      ...{ rows: float(nmf.rows), width: 8, nComponents: 3, seed: 0, maxIterations: nmf.iterations, tolerance: 0 },
      initial: { codes: float(nmf.codes), components: float(nmf.components) },
    });
    // 40 updates in float32 against float64.
    expect(relativeError(found.components, nmf.fittedComponents)).toBeLessThan(1e-5);
    expect(relativeError(found.codes, nmf.fittedCodes)).toBeLessThan(1e-5);
    const norm = Math.hypot(...nmf.rows);
    expect(found.relativeError).toBeCloseTo(nmf.error / norm, 4);
  });

  it('never get worse, converge, and are the same for the same seed', async () => {
    const errors: number[] = [];
    const options = { rows: float(nmf.rows), width: 8, nComponents: 3, seed: 4, maxIterations: 500 };
    const first = await nonNegativeFactors({
      ...options,
      onIteration: (_, error) => {
        if (error !== null) errors.push(error);
      },
    });
    expect(first.converged).toBe(true);
    expect(errors).toEqual([...errors].sort((a, b) => b - a));
    expect(first.components.every((value) => value >= 0)).toBe(true);
    expect((await nonNegativeFactors(options)).components).toEqual(first.components);
    expect((await nonNegativeFactors({ ...options, seed: 5 })).components).not.toEqual(first.components);
  });

  it('refuses what is negative', async () => {
    const options = { width: 2, nComponents: 1, seed: 0 };
    await expect(nonNegativeFactors({ ...options, rows: Float32Array.of(1, 2, 3, -4) })).rejects.toThrow(
      'row 1 has -4 at dimension 1',
    );
    await expect(nonNegativeFactors({ ...options, rows: Float32Array.of(Number.NaN, 2) })).rejects.toThrow('NaN');
  });
});

describe('a dictionary of non-negative components', () => {
  /** scipy's codes of unnormalised components in units of unit ones, in the dictionary's order. */
  function inOrder(codes: number[], components: number[], width: number): { wanted: number[]; order: number[] } {
    const n = components.length / width;
    const norms = Array.from({ length: n }, (_, i) => Math.hypot(...components.slice(i * width, (i + 1) * width)));
    const energy = norms.map((norm, i) =>
      codes.reduce((sum, code, at) => (at % n === i ? sum + (code * norm) ** 2 : sum), 0),
    );
    const order = norms.map((_, i) => i).sort((a, b) => energy[b] - energy[a]);
    const wanted = codes.map((_, at) => codes[at - (at % n) + order[at % n]] * norms[order[at % n]]);
    return { wanted, order };
  }

  const cases = [
    { splitsSigns: false, components: nnls.components, codes: nnls.codes },
    { splitsSigns: true, components: nnls.splitComponents, codes: nnls.splitCodes },
  ];

  it.each(cases)('solves non-negative least squares as scipy does (signs split: $splitsSigns)', (one) => {
    const width = one.splitsSigns ? 14 : 7;
    const rows = float(nnls.rows);
    const { config, weights } = nonNegativeDictionary(float(one.components), {
      ...{ dModel: 7, codes: float(one.codes), splitsSigns: one.splitsSigns },
    });
    const { wanted, order } = inOrder(one.codes, one.components, width);
    const sae = new SparseAutoencoder(config, weights);
    const given = sae.encodeFeatures(rows, 9, [0, 1, 2, 3, 4]);
    // The iteration stops when no code moves by more than 1e-5 of the largest.
    expect(relativeError(given, wanted)).toBeLessThan(1e-4);
    // Zeros are zeros: the activity is sparse.
    const isActive = (values: ArrayLike<number>) => Array.from(values, (value) => value > 1e-9);
    expect(isActive(given)).toEqual(isActive(wanted));

    const unit = (i: number) => {
      const row = one.components.slice(order[i] * width, (order[i] + 1) * width);
      return row.map((value) => value / Math.hypot(...row));
    };
    const reconstructed = Array.from({ length: 63 }, (_, at) => {
      const [r, j] = [Math.floor(at / 7), at % 7];
      return [0, 1, 2, 3, 4].reduce((sum, i) => {
        const row = unit(i);
        return sum + wanted[r * 5 + i] * (row[j] - (one.splitsSigns ? row[7 + j] : 0));
      }, 0);
    });
    expect(relativeError(sae.reconstruct(rows, 9), reconstructed)).toBeLessThan(1e-4);
    const { preActs, acts } = sae.encodeWithPreActs(rows, 9);
    expect(acts.indices).toEqual(sae.encodeSparse(rows, 9).indices);
    expect([preActs.nRows, preActs.nLatents]).toEqual([9, 5]);
    preActs.dispose();
    sae.dispose();
  });

  it.each(cases)('keeps its bits through its files (signs split: $splitsSigns)', (one) => {
    const { config, weights } = nonNegativeDictionary(float(one.components), {
      ...{ dModel: 7, codes: float(one.codes), splitsSigns: one.splitsSigns },
    });
    const files = toSaelensDirectory(config, weights, { modelName: 'm', hookName: 'h' });
    const read = fromSaelensDirectory(files['cfg.json'], files['sae_weights.safetensors']);
    expect(read.config).toMatchObject({ architecture: 'nmf', applyBDecToInput: false });
    expect(read.weights).toEqual(weights);
  });

  it('refuses weights that cannot be', () => {
    const { config, weights } = nonNegativeDictionary(Float32Array.of(1, 2, 3, 4), {
      ...{ dModel: 2, codes: Float32Array.of(1, 1), splitsSigns: false },
    });
    const make = (change: object, others = {}) =>
      new SparseAutoencoder({ ...config, ...others } as typeof config, { ...weights, ...change });
    expect(() => make({ wEnc: weights.wEnc.map((value) => -value) })).toThrow('wEnc without values below 0');
    expect(() => make({}, { applyBDecToInput: true })).toThrow('cannot subtract b_dec');
    expect(() => make({ wEncNegative: weights.wEnc }, { architecture: 'standard' })).toThrow(
      'standard has no wEncNegative',
    );
    expect(() => make({ wEncNegative: new Float32Array(3) })).toThrow('wEncNegative must have 4 values');
  });

  it('loses nothing in the split', () => {
    expect([...splitSigns(Float32Array.of(1, -2, 0, 3), 2)]).toEqual([1, 0, 0, 2, 0, 3, 0, 0]);
  });
});
