import { startTestBackend } from '@featurescope/tensor/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { Rng } from '../rng.ts';
import { fastIca } from './fast-ica.ts';
import { decompositionGoldens, relativeError } from './golden.testing.ts';
import { principalComponents } from './principal-components.ts';
import { RowMoments } from './row-moments.ts';

beforeAll(() => startTestBackend());

const { ica: golden } = decompositionGoldens();
const rows = Float32Array.from(golden.rows);

function pcaOf(values: Float32Array, dModel: number, nComponents: number) {
  const moments = new RowMoments(dModel);
  moments.add(values);
  return principalComponents(moments, nComponents);
}

/** What each found source is made of in terms of the wanted ones: unmixing · mixingᵀ, magnitudes in falling order of each row. */
function sourcesIn(unmixing: Float64Array, mixing: number[], width: number): number[][] {
  const dot = (i: number, m: number) => {
    let sum = 0;
    for (let j = 0; j < width; j++) sum += unmixing[i * width + j] * mixing[m * width + j];
    return Math.abs(sum);
  };
  const n = mixing.length / width;
  return Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, m) => dot(i, m)));
}

describe('FastICA', () => {
  it('finds the sources that scikit-learn finds', async () => {
    const found = await fastIca({ rows, pca: pcaOf(rows, 5, 4), seed: 3, tolerance: 1e-6, maxIterations: 1000 });
    expect(found.converged).toBe(true);
    const shares = sourcesIn(found.unmixing, golden.mixing, 5);
    const partners = shares.map((row) => row.indexOf(Math.max(...row)));
    expect([...partners].sort()).toEqual([0, 1, 2, 3]);
    // Each is one of scikit-learn's sources and nothing of the others; both stop near the same fixed point, here in float32.
    for (const [i, row] of shares.entries())
      for (const [m, share] of row.entries()) expect(Math.abs(share - Number(m === partners[i]))).toBeLessThan(1e-3);
    const wanted = partners.flatMap((m) => golden.mixing.slice(5 * m, 5 * m + 5)).map(Math.abs);
    expect(relativeError(found.mixing.map(Math.abs), wanted)).toBeLessThan(1e-3);
  });

  it('recovers independent sources, orders them by variance and points them along their long tail', async () => {
    const rng = Rng.fromSeed(5, 'skewed');
    const directions = [
      [3, 0.5, 0],
      [0, 1, 1],
      [0.3, 0, -0.5],
    ];
    const n = 6000;
    const mixed = new Float32Array(n * 3);
    for (let r = 0; r < n; r++)
      for (const direction of directions) {
        const source = -Math.log(1 - rng.float()) - 1;
        for (let j = 0; j < 3; j++) mixed[r * 3 + j] += source * direction[j];
      }
    const found = await fastIca({ rows: mixed, pca: pcaOf(mixed, 3, 3), seed: 0 });
    directions.forEach((direction, i) => {
      const own = found.mixing.subarray(3 * i, 3 * i + 3);
      const cosine =
        direction.reduce((sum, value, j) => sum + value * own[j], 0) / Math.hypot(...direction) / Math.hypot(...own);
      // 6,000 rows: the sampling error of a direction is about 1/√n.
      expect(cosine).toBeGreaterThan(0.995);
    });
    expect([...found.varianceShares].reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 3);
    expect([...found.varianceShares]).toEqual([...found.varianceShares].sort((a, b) => b - a));
  });

  it('stops at its limit and says so, and refuses directions without variance', async () => {
    const short = await fastIca({ rows, pca: pcaOf(rows, 5, 4), seed: 3, maxIterations: 1, tolerance: 1e-12 });
    expect(short).toMatchObject({ nIterations: 1, converged: false });
    const twice = rows.map((_, at) => rows[at - (at % 2)]);
    await expect(fastIca({ rows: twice, pca: pcaOf(twice, 2, 2), seed: 0 })).rejects.toThrow('in 1 directions only');
  });
});
