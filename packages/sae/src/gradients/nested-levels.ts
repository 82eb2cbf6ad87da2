import { type CsrMatrix, tf } from '@featurescope/tensor';

/** Level l of nested dictionaries holds the latents in prefix l and not in prefix l − 1; levels lie below one another in matrices of
 *  nLevels · nRows rows. With one level everything here is the identity. */

/** activations [nRows, nLatents] → [nLevels · nRows, nLatents], each entry in the rows of its latent's level. */
export function splitLevels(acts: CsrMatrix, prefixes: number[]): CsrMatrix {
  const nLevels = prefixes.length;
  if (nLevels === 1) return acts;
  const { nRows, nColumns, rowOffsets } = acts;
  const columns = new Int32Array(acts.columns.length);
  const values = new Float32Array(columns.length);
  const offsets = new Int32Array(nLevels * nRows + 1);
  // Where the next level begins in each row: columns ascend within it.
  const at = rowOffsets.slice(0, nRows);
  let n = 0;
  for (let level = 0; level < nLevels; level++) {
    for (let r = 0; r < nRows; r++) {
      for (; at[r] < rowOffsets[r + 1] && acts.columns[at[r]] < prefixes[level]; at[r]++) {
        columns[n] = acts.columns[at[r]];
        values[n++] = acts.values[at[r]];
      }
      offsets[level * nRows + r + 1] = n;
    }
  }
  return { nRows: nLevels * nRows, nColumns, rowOffsets: offsets, columns, values };
}

/** Rows [nRows, d] once for each level. */
export function levelsOf(rows: tf.Tensor2D, nLevels: number): tf.Tensor2D {
  return nLevels === 1 ? rows : tf.tile(rows, [nLevels, 1]);
}

/** Level l becomes the sum of levels 0 … l. */
export function sumsToLevel(stacked: tf.Tensor2D, nLevels: number): tf.Tensor2D {
  return accumulate(stacked, nLevels, (parts) => parts);
}

/** Level l becomes the sum of levels l … the last. */
export function sumsFromLevel(stacked: tf.Tensor2D, nLevels: number): tf.Tensor2D {
  return accumulate(stacked, nLevels, (parts) => parts.reverse());
}

/** Running sums over the levels in the order given and taken back by `arrange`: additions of slices, which every backend has. */
function accumulate(
  stacked: tf.Tensor2D,
  nLevels: number,
  arrange: (parts: tf.Tensor2D[]) => tf.Tensor2D[],
): tf.Tensor2D {
  if (nLevels === 1) return stacked;
  return tf.tidy(() => {
    const parts = arrange(tf.split(stacked, nLevels, 0) as tf.Tensor2D[]);
    for (let l = 1; l < nLevels; l++) parts[l] = tf.add(parts[l - 1], parts[l]);
    return tf.concat2d(arrange(parts), 0);
  });
}
