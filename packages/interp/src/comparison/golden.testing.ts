import { readFileSync } from 'node:fs';
import type { SparseActs } from '@featurescope/sae';

/** Values of scipy and scikit-learn, made by reference/comparison.py. */
export const golden = JSON.parse(
  readFileSync(new URL('../../reference/comparison.golden.json', import.meta.url), 'utf8'),
);

/** Dense activations [nRows, nLatents] as sparse ones. */
export function sparseOf(dense: readonly number[], nLatents: number): SparseActs {
  const nRows = dense.length / nLatents;
  const rowOffsets = new Int32Array(nRows + 1);
  const entries: [number, number][] = [];
  for (let r = 0; r < nRows; r++) {
    for (let i = 0; i < nLatents; i++) if (dense[r * nLatents + i] > 0) entries.push([i, dense[r * nLatents + i]]);
    rowOffsets[r + 1] = entries.length;
  }
  return {
    nRows,
    rowOffsets,
    indices: Int32Array.from(entries, ([latent]) => latent),
    values: Float32Array.from(entries, ([, value]) => value),
  };
}
