/** Feature activations of some rows, those above 0 only. Row r owns entries rowOffsets[r] ≤ e < rowOffsets[r + 1], by ascending latent. */
export interface SparseActs {
  nRows: number;
  /** [nRows + 1] */
  rowOffsets: Int32Array;
  /** Latent of each entry. */
  indices: Int32Array;
  /** Activation f of each entry, > 0. */
  values: Float32Array;
}

/** The entries of dense activations [nRows, nLatents] that are above 0. */
export function sparsify(acts: Float32Array, nRows: number): SparseActs {
  const nLatents = nRows > 0 ? acts.length / nRows : 0;
  const rowOffsets = new Int32Array(nRows + 1);
  let nEntries = 0;
  for (let at = 0; at < acts.length; at++) if (acts[at] > 0) nEntries++;
  const indices = new Int32Array(nEntries);
  const values = new Float32Array(nEntries);
  let e = 0;
  for (let r = 0; r < nRows; r++) {
    for (let i = 0; i < nLatents; i++) {
      const value = acts[r * nLatents + i];
      if (!(value > 0)) continue;
      indices[e] = i;
      values[e++] = value;
    }
    rowOffsets[r + 1] = e;
  }
  return { nRows, rowOffsets, indices, values };
}

/** Drops entries that are not above 0. */
export function dropInactive({ nRows, rowOffsets, indices, values }: SparseActs): SparseActs {
  const kept = new Int32Array(nRows + 1);
  const keptIndices = new Int32Array(indices.length);
  const keptValues = new Float32Array(values.length);
  let n = 0;
  for (let r = 0; r < nRows; r++) {
    for (let e = rowOffsets[r]; e < rowOffsets[r + 1]; e++) {
      if (!(values[e] > 0)) continue;
      keptIndices[n] = indices[e];
      keptValues[n++] = values[e];
    }
    kept[r + 1] = n;
  }
  return { nRows, rowOffsets: kept, indices: keptIndices.slice(0, n), values: keptValues.slice(0, n) };
}
