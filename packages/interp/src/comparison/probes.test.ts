import { describe, expect, test } from 'vitest';
import { confusionOf, f1Of } from './confusion.ts';
import { golden, sparseOf } from './golden.testing.ts';
import { fitLogistic, probeScores } from './logistic-regression.ts';
import { mainLatents } from './main-latents.ts';
import { fitSparseLogistic } from './sparse-logistic.ts';

describe('logistic regression', () => {
  const { rows, width, labels, balanced, weak } = golden.denseProbe;
  const data = { rows: Float64Array.from(rows as number[]), width, labels: Uint8Array.from(labels) };

  test("has scikit-learn's minimum", () => {
    for (const [expected, options] of [
      [balanced, {}],
      [weak, { c: 10, balanced: false }],
    ]) {
      const probe = fitLogistic(data, options);
      // Both end where the gradient is about 1e-9 of the loss.
      for (const [i, weight] of probe.weights.entries()) expect(weight).toBeCloseTo(expected.weights[i], 6);
      expect(probe.bias).toBeCloseTo(expected.bias, 6);
      expect(f1Of(confusionOf(probeScores(probe, data.rows), data.labels))).toBeCloseTo(expected.f1, 12);
    }
  });

  test('separable rows stay finite', () => {
    const probe = fitLogistic({
      rows: Float32Array.of(-1e4, -2e4, 1e4, 2e4),
      width: 1,
      labels: Uint8Array.of(0, 0, 1, 1),
    });
    expect(confusionOf(probeScores(probe, Float32Array.of(-1e4, 1e4)), Uint8Array.of(0, 1))).toMatchObject({
      truePositive: 1,
      trueNegative: 1,
    });
    expect(Number.isFinite(probe.weights[0])).toBe(true);
  });

  test('one class alone is refused', () => {
    expect(() => fitLogistic({ rows: Float32Array.of(1, 2), width: 1, labels: Uint8Array.of(1, 1) })).toThrow(
      '2 positive and 0 negative',
    );
  });
});

describe('with an L1 penalty', () => {
  const { acts, labels, nLatents, l1, weights, bias } = golden.sparseProbe;
  const sparse = sparseOf(acts, nLatents);

  test("has scikit-learn's minimum, with the same weights at 0", () => {
    const probe = fitSparseLogistic(sparse, Uint8Array.from(labels), {
      nLatents,
      l1,
      maxSteps: 50_000,
      tolerance: 1e-12,
    });
    // Activations are float32 here, float64 there.
    for (const [i, weight] of probe.weights.entries()) expect(weight).toBeCloseTo(weights[i], 5);
    expect(probe.bias).toBeCloseTo(bias, 5);
    expect(weights.filter((weight: number) => weight === 0).length).toBeGreaterThan(3);
    expect([...probe.weights].map((weight) => weight === 0)).toEqual(weights.map((weight: number) => weight === 0));
  });

  test('the defaults come within a thousandth of it', () => {
    const probe = fitSparseLogistic(sparse, Uint8Array.from(labels), { nLatents, l1 });
    for (const [i, weight] of probe.weights.entries()) expect(Math.abs(weight - weights[i])).toBeLessThan(1e-3);
  });
});

describe('main latents', () => {
  // Latent 3 fires on the concept alone; latents 0 and 1 on half of it each in the second case.
  const noise = (t: number) => [+(t % 5 === 0), +(t % 7 === 0)];
  const data = (concept: (t: number) => number[]) => {
    const labels = Uint8Array.from({ length: 200 }, (_, t) => +(t % 4 === 0));
    const rows = Array.from(labels, (_, t) => [...concept(t), ...noise(t)]).flat();
    return { acts: sparseOf(rows, rows.length / 200), labels };
  };

  test('one latent that says it all is the only one', () => {
    const set = data((t) => [+(t % 3 === 0), +(t % 4 === 0)]);
    const { latents, curve } = mainLatents(set, set, 4);
    expect(latents).toEqual([1]);
    expect(curve[0]).toMatchObject({ k: 1, latent: 1, f1: 1 });
  });

  test('a concept that is split has both of its latents', () => {
    const set = data((t) => [+(t % 8 === 0), +(t % 8 === 4)]);
    const { latents, curve } = mainLatents(set, set, 4);
    expect([...latents].sort()).toEqual([0, 1]);
    expect(curve[0].f1).toBeCloseTo(2 / 3, 12);
    expect(curve[1].f1).toBe(1);
  });
});
