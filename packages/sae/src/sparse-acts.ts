/** Feature activations of some rows: those above 0, and for abstopk those below 0 too. Row r owns entries rowOffsets[r] ≤ e < rowOffsets[r + 1], by ascending latent. */
export interface SparseActs {
  nRows: number;
  /** [nRows + 1] */
  rowOffsets: Int32Array;
  /** Latent of each entry. */
  indices: Int32Array;
  /** Activation f of each entry: > 0, or ≠ 0 for abstopk. */
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

/** Keeps the entries whose value is active. */
export function keepActive(
  { nRows, rowOffsets, indices, values }: SparseActs,
  isActive: (value: number) => boolean,
): SparseActs {
  const kept = new Int32Array(nRows + 1);
  const keptIndices = new Int32Array(indices.length);
  const keptValues = new Float32Array(values.length);
  let n = 0;
  for (let r = 0; r < nRows; r++) {
    for (let e = rowOffsets[r]; e < rowOffsets[r + 1]; e++) {
      if (!isActive(values[e])) continue;
      keptIndices[n] = indices[e];
      keptValues[n++] = values[e];
    }
    kept[r + 1] = n;
  }
  return { nRows, rowOffsets: kept, indices: keptIndices.slice(0, n), values: keptValues.slice(0, n) };
}

/** The rows of several, one after the other. */
export function joinRows(chunks: SparseActs[]): SparseActs {
  if (chunks.length === 1) return chunks[0];
  const nRows = chunks.reduce((sum, chunk) => sum + chunk.nRows, 0);
  const nEntries = chunks.reduce((sum, chunk) => sum + chunk.indices.length, 0);
  const joined = {
    nRows,
    rowOffsets: new Int32Array(nRows + 1),
    indices: new Int32Array(nEntries),
    values: new Float32Array(nEntries),
  };
  let row = 0;
  let entry = 0;
  for (const chunk of chunks) {
    joined.indices.set(chunk.indices, entry);
    joined.values.set(chunk.values, entry);
    for (let r = 1; r <= chunk.nRows; r++) joined.rowOffsets[row + r] = entry + chunk.rowOffsets[r];
    row += chunk.nRows;
    entry += chunk.indices.length;
  }
  return joined;
}

/** The columns `latents`, dense: [nRows, latents.length]. */
export function pickLatents(
  { nRows, rowOffsets, indices, values }: SparseActs,
  latents: ArrayLike<number>,
): Float32Array {
  const columnsOf = new Map<number, number[]>();
  Array.from(latents).forEach((latent, column) => {
    columnsOf.set(latent, [...(columnsOf.get(latent) ?? []), column]);
  });
  const picked = new Float32Array(nRows * latents.length);
  for (let r = 0; r < nRows; r++) {
    for (let e = rowOffsets[r]; e < rowOffsets[r + 1]; e++) {
      for (const column of columnsOf.get(indices[e]) ?? []) picked[r * latents.length + column] = values[e];
    }
  }
  return picked;
}
