import type { LoadedDictionary } from '../formats/loaded-dictionary.ts';
import { SparseAutoencoder } from '../sparse-autoencoder.ts';

/** What an independent program computed of a dictionary. */
export interface GoldenCase {
  /** Files of a directory, in base64. */
  files: Record<string, string>;
  rows: number[];
  /** [nRows, nLatents] */
  acts: number[];
  /** [nRows, dOut] */
  decoded: number[];
  /** Of the whole dictionary, where that is not `decoded`. */
  output?: number[];
  /** Activations after the decoder's norms were folded into the encoder. */
  foldedActs?: number[];
}

export function bytesOf(files: Record<string, string>): Record<string, Uint8Array> {
  return Object.fromEntries(
    Object.entries(files).map(([name, base64]) => [
      name,
      Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)),
    ]),
  );
}

/** A dictionary's activations, what they decode to, and its output. */
export function compute({ config, weights }: Pick<LoadedDictionary, 'config' | 'weights'>, rows: Float32Array) {
  const sae = new SparseAutoencoder(config, weights);
  const nRows = rows.length / config.dModel;
  const sparse = sae.encodeSparse(rows, nRows);
  const acts = new Float32Array(nRows * config.nLatents);
  for (let r = 0; r < nRows; r++) {
    for (let e = sparse.rowOffsets[r]; e < sparse.rowOffsets[r + 1]; e++)
      acts[r * config.nLatents + sparse.indices[e]] = sparse.values[e];
  }
  const computed = { acts, decoded: sae.decode(sparse, rows), output: sae.reconstruct(rows, nRows) };
  const all = Array.from({ length: config.nLatents }, (_, i) => i);
  const picked = sae.encodeFeatures(rows, nRows, all);
  sae.dispose();
  return { ...computed, picked };
}

/** Largest difference relative to the largest value, at least 1: values of tens are sums of float32 products of that size. */
export function worstDifference(given: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (given.length !== expected.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  let largest = 1;
  for (let at = 0; at < given.length; at++) {
    const difference = Math.abs(given[at] - expected[at]);
    worst = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(worst, difference);
    largest = Math.max(largest, Math.abs(expected[at]));
  }
  return worst / largest;
}
