import { startTestBackend } from '@featurescope/tensor/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { Rng } from '../rng.ts';
import { SparseAutoencoder } from '../sparse-autoencoder.ts';
import { conceptDictionary, conceptDirection } from './concept-direction.ts';
import { heldOutAccuracy } from './cross-validation.ts';
import { decompositionGoldens, relativeError } from './golden.testing.ts';
import type { LabelledRows } from './labelled-rows.ts';
import { logisticRegression } from './logistic-regression.ts';
import { meanDifference } from './mean-difference.ts';
import { welchTest } from './welch-test.ts';

beforeAll(() => startTestBackend());

const goldens = decompositionGoldens();

describe('logistic regression', () => {
  const examples: LabelledRows = {
    dModel: 5,
    rows: Float32Array.from(goldens.logistic.rows),
    isPositive: goldens.logistic.labels.map((label) => label === 1),
  };

  it.each(Object.entries(goldens.logistic.fits))('is that of scikit-learn at C = %s', (C, golden) => {
    const fit = logisticRegression(examples, Number(C));
    expect(fit.converged).toBe(true);
    // scikit-learn stops by the gradient at 1e-10; rows are float32 here.
    expect(relativeError(fit.normal, golden.normal)).toBeLessThan(1e-5);
    expect(Math.abs(fit.offset - golden.offset)).toBeLessThan(1e-5 * (1 + Math.abs(golden.offset)));
  });

  it('has no slope left: finite differences of its objective are 0', () => {
    const C = 2;
    const { normal, offset } = logisticRegression(examples, C);
    const objective = (w: number[], b: number) => {
      let sum = w.reduce((total, value) => total + value * value, 0) / 2;
      examples.isPositive.forEach((label, r) => {
        const z = w.reduce((total, value, j) => total + value * examples.rows[r * 5 + j], b);
        sum += C * Math.log1p(Math.exp(label ? -z : z));
      });
      return sum;
    };
    const epsilon = 1e-4;
    for (let j = 0; j <= 5; j++) {
      const at = (step: number) =>
        objective(
          [...normal].map((value, i) => (i === j ? value + step : value)),
          j === 5 ? offset + step : offset,
        );
      expect(Math.abs(at(epsilon) - at(-epsilon)) / (2 * epsilon)).toBeLessThan(1e-5);
    }
  });

  it('ends on rows that can be separated, and refuses what it cannot do', () => {
    const rows = Float32Array.of(-1, 0, 1, 0, 2, 1, -3, 1);
    const fit = logisticRegression({ dModel: 2, rows, isPositive: [false, true, true, false] }, 1e4);
    expect(fit.converged).toBe(true);
    expect(fit.normal[0]).toBeGreaterThan(1);
    expect(() => logisticRegression({ dModel: 2, rows, isPositive: [true, true, true, true] }, 1)).toThrow(
      'no negative',
    );
    expect(() => logisticRegression(examples, 0)).toThrow('C must be a number above 0, but is 0');
    expect(() => logisticRegression({ ...examples, dModel: 4 }, 1)).toThrow('24 rows of 4 values');
  });
});

/** Two clouds along a hidden direction, both far from the origin. */
function clouds(distance: number, nEach = 30, dModel = 8): LabelledRows & { hidden: number[] } {
  const rng = Rng.fromSeed(11, 'clouds');
  const hidden = Array.from({ length: dModel }, (_, j) => (j < 2 ? Math.SQRT1_2 : 0));
  const isPositive = Array.from({ length: 2 * nEach }, (_, r) => r % 2 === 0);
  const rows = Float32Array.from({ length: 2 * nEach * dModel }, (_, at) => {
    const side = isPositive[Math.floor(at / dModel)] ? distance / 2 : -distance / 2;
    return 5 + side * hidden[at % dModel] + 0.5 * rng.normal();
  });
  return { dModel, rows, isPositive, hidden };
}

describe('a direction between examples', () => {
  it('of means is their difference, with the boundary half-way', () => {
    const rows = Float32Array.of(1, 4, 3, 4, 0, 0, 2, 0);
    const found = meanDifference({ dModel: 2, rows, isPositive: [true, true, false, false] });
    expect([...found.normal]).toEqual([1, 4]);
    // Half-way is (1.5, 2).
    expect(found.offset).toBe(-(1.5 + 8));
    const { threshold } = conceptDirection(
      { dModel: 2, rows, isPositive: [true, true, false, false] },
      { kind: 'meanDifference' },
    );
    expect(threshold).toBeCloseTo((1.5 + 8) / Math.sqrt(17), 12);
    const same = { dModel: 2, rows: Float32Array.of(1, 1, 1, 1), isPositive: [true, false] };
    expect(() => conceptDirection(same, { kind: 'meanDifference' })).toThrow('no direction between them');
  });

  it.each([{ kind: 'meanDifference' }, { kind: 'cav', C: 1 }] as const)(
    'is found and holds on examples left out: $kind',
    (method) => {
      const examples = clouds(4);
      const { direction } = conceptDirection(examples, method);
      expect(examples.hidden.reduce((sum, value, j) => sum + value * direction[j], 0)).toBeGreaterThan(0.95);
      expect(heldOutAccuracy(examples, method, 0)).toMatchObject({ nPositive: 30, nNegative: 30, nFolds: 5 });
      expect(heldOutAccuracy(examples, method, 0).balancedAccuracy).toBeGreaterThan(0.95);
      // Two clouds that are one: what is learnt from some says nothing of the others.
      // 20 examples in 64 dimensions can always be told apart by whoever has seen them.
      const oneCloud = clouds(0, 10, 64);
      const accuracy = heldOutAccuracy(oneCloud, method, 0).balancedAccuracy;
      expect(accuracy).toBeGreaterThan(0.2);
      expect(accuracy).toBeLessThan(0.8);
    },
  );

  it('of a CAV does not depend on the unit of the activations', () => {
    const examples = clouds(2);
    const scaled = { ...examples, rows: examples.rows.map((value) => 64 * value) };
    const [one, other] = [examples, scaled].map((rows) => conceptDirection(rows, { kind: 'cav', C: 0.3 }));
    expect(relativeError(other.direction, one.direction)).toBeLessThan(1e-5);
    expect(other.threshold / 64).toBeCloseTo(one.threshold, 4);
  });

  it('is 0 at the boundary as a dictionary, and exact along itself', () => {
    const examples = clouds(4);
    const found = conceptDirection(examples, { kind: 'cav', C: 1 });
    const mean = Float64Array.from({ length: 8 }, (_, j) => 5 + j / 10);
    const { config, weights } = conceptDictionary(found, mean);
    const sae = new SparseAutoencoder(config, weights);
    const nRows = examples.isPositive.length;
    const acts = sae.encodeFeatures(examples.rows, nRows, [0, 1]);
    const reconstruction = sae.reconstruct(examples.rows, nRows);
    const along = (rows: ArrayLike<number>, r: number) =>
      found.direction.reduce((sum, value, j) => sum + value * rows[r * 8 + j], 0);
    for (let r = 0; r < nRows; r++) {
      const distance = along(examples.rows, r) - found.threshold;
      expect(acts[2 * r]).toBeCloseTo(Math.max(0, distance), 4);
      expect(acts[2 * r + 1]).toBeCloseTo(Math.max(0, -distance), 4);
      expect(along(reconstruction, r)).toBeCloseTo(along(examples.rows, r), 4);
      const moved = along(reconstruction, r) - along(mean, 0);
      for (let j = 0; j < 8; j++)
        expect(reconstruction[r * 8 + j]).toBeCloseTo(mean[j] + moved * found.direction[j], 4);
    }
    sae.dispose();
  });
});

describe("Welch's test", () => {
  it.each(goldens.welch)('is that of scipy', ({ a, b, ...golden }) => {
    const found = welchTest(a, b);
    for (const key of ['t', 'degreesOfFreedom', 'pValue'] as const)
      expect(Math.abs((found[key] ?? 0) / golden[key] - 1)).toBeLessThan(1e-9);
  });

  it('knows samples without spread', () => {
    expect(welchTest([1, 1], [1, 1, 1])).toEqual({ t: null, degreesOfFreedom: null, pValue: 1 });
    expect(welchTest([1, 1], [0, 0])).toMatchObject({ t: null, pValue: 0 });
    expect(() => welchTest([1], [1, 2])).toThrow('at least 2 values');
  });
});
