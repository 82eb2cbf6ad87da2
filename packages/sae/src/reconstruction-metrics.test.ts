import { expect, it } from 'vitest';
import { ReconstructionMetrics } from './reconstruction-metrics.ts';
import { sparsify } from './sparse-acts.ts';

it('has every figure of a case worked by hand', () => {
  const metrics = new ReconstructionMetrics({ dModel: 2, nLatents: 3 });
  const rows = Float32Array.of(3, 4, 5, 0);
  const reconstruction = Float32Array.of(3, 3, 4, 0);
  metrics.add(rows, reconstruction, sparsify(Float32Array.of(2, 0, 1, 4, 0, 0), 2));
  const result = metrics.result();
  // e = (0, 1), (1, 0). x̄ = (4, 2); deviations (−1, 2), (1, −2): Σ = 10.
  expect(result.nTokens).toBe(2);
  expect(result.mse).toBe(1);
  expect(result.fvu).toBeCloseTo(0.2, 12);
  expect(result.explainedVariance).toBeCloseTo(0.8, 12);
  expect(result.l0).toBe(1.5);
  expect(result.l1).toBe(3.5);
  // cos: (9 + 12)/(5·√18) and 1. Ratios: √18/5 and 4/5.
  expect(result.cosine).toBeCloseTo((21 / (5 * Math.sqrt(18)) + 1) / 2, 12);
  expect(result.l2Ratio).toBeCloseTo((Math.sqrt(18) / 5 + 0.8) / 2, 12);
  // ‖x̂‖²: 18 + 16; x·x̂: 21 + 20.
  expect(result.relativeReconstructionBias).toBeCloseTo(34 / 41, 12);
  expect(result.deadShare).toBeCloseTo(1 / 3, 12);
  expect([...metrics.firingCounts]).toEqual([2, 0, 1]);
  // Densities 1 and ½: log10 0 and −0.301 fall in the last and second-last quarter decades.
  expect(result.densityHistogram.counts.slice(-2)).toEqual([1, 1]);
  expect(result.densityHistogram.counts.reduce((sum, count) => sum + count, 0)).toBe(2);
});

it('explains variance about the mean: predicting the mean explains nothing', () => {
  const metrics = new ReconstructionMetrics({ dModel: 1, nLatents: 1 });
  const none = sparsify(new Float32Array(4), 4);
  metrics.add(Float32Array.of(100, 101, 99, 100), new Float32Array(4).fill(100), none);
  // About zero, the same prediction would explain 99.995%.
  expect(metrics.result().explainedVariance).toBeCloseTo(0, 12);
});

it('does not depend on how rows are split, with a mean that dwarfs the spread', () => {
  const rows = Float32Array.from({ length: 60 }, (_, i) => 1000 + Math.sin(i));
  const reconstruction = rows.map((value, i) => value + 0.1 * Math.cos(i));
  const acts = (n: number) => sparsify(new Float32Array(n).fill(1), n);
  const whole = new ReconstructionMetrics({ dModel: 2, nLatents: 1 });
  whole.add(rows, reconstruction, acts(30));
  const parts = new ReconstructionMetrics({ dModel: 2, nLatents: 1 });
  parts.add(rows.subarray(0, 14), reconstruction.subarray(0, 14), acts(7));
  parts.add(rows.subarray(14), reconstruction.subarray(14), acts(23));
  expect(parts.result()).toEqual(whole.result());
  const column = (j: number) => Array.from({ length: 30 }, (_, r) => rows[2 * r + j]);
  const spread = [0, 1].reduce((sum, j) => {
    const mean = column(j).reduce((a, b) => a + b) / 30;
    return sum + column(j).reduce((total, value) => total + (value - mean) ** 2, 0);
  }, 0);
  const errors = rows.reduce((sum, value, i) => sum + (value - reconstruction[i]) ** 2, 0);
  expect(whole.result().fvu).toBeCloseTo(errors / spread, 9);
});

it('refuses rows that do not fit and names the sizes', () => {
  const metrics = new ReconstructionMetrics({ dModel: 2, nLatents: 1 });
  expect(() => metrics.add(new Float32Array(4), new Float32Array(2), sparsify(new Float32Array(2), 2))).toThrow(
    /2 rows of 2 .* 4 and 2/,
  );
});
