import { ShapeError, tf } from '@featurescope/tensor';

/** How far the rows of a decoder are from copies of each other. */
export interface DecoderHealth {
  /** [nLatents]: greatest |cos| with another row; 0 for a zero row, and for the only one. */
  maxCosines: Float32Array;
  /** counts[i]: latents with edges[i] ≤ max |cos| < edges[i + 1]; a cosine of 1 is in the last bin. */
  histogram: { edges: number[]; counts: number[] };
  /** The middle latent's, the lower of two. */
  medianCosine: number;
  largestCosine: number;
  /** Share of latents above .9: near-duplicates of another, or of another's negative. */
  shareAbove90: number;
}

/** Values of one slice's product: 16 MiB. */
const SLICE_VALUES = 4 * 1024 * 1024;
const N_BINS = 20;
const NEAR_DUPLICATE = 0.9;

/** The greatest absolute cosine of every decoder row with any other (algorithms.md §2, decoder health). SAEBench's
 *  `calculate_max_cosine_sim` takes the signed cosine; two rows that point away from each other stand for the same line here. The two
 *  poles of a signed component (`poleDictionary`) are one direction by construction, and are not held against each other.
 *  wDec: [nLatents, width], not mutated. float32 products in slices, so that nLatents² values are never held.
 *  breathe: awaited between slices; may throw to stop. Throws ShapeError where wDec is no whole number of rows. */
export async function decoderHealth(
  wDec: Float32Array,
  width: number,
  breathe: () => Promise<void> = async () => {},
): Promise<DecoderHealth> {
  const nLatents = wDec.length / width;
  if (!Number.isInteger(nLatents) || nLatents < 1)
    throw new ShapeError(`${wDec.length} values are no whole number of rows of ${width}`);
  const units = tf.tidy(() => {
    const rows = tf.tensor2d(wDec, [nLatents, width]);
    // A zero row stays zero: it has no direction, so its cosines are 0.
    return tf.div<tf.Tensor2D>(rows, tf.maximum(tf.norm(rows, 2, 1, true), 1e-30));
  });
  // Once, because products with transposed arguments are slow on the WebAssembly backend.
  const transposed = tf.transpose(units);
  const maxCosines = new Float32Array(nLatents);
  const nComponents = nPolePairs(wDec, nLatents);
  const sliceRows = Math.max(1, Math.floor(SLICE_VALUES / nLatents));
  try {
    for (let start = 0; start < nLatents; start += sliceRows) {
      await breathe();
      const nRows = Math.min(sliceRows, nLatents - start);
      const rows = tf.slice<tf.Rank.R2, tf.Tensor2D>(units, [start, 0], [nRows, width]);
      maxCosines.set(largestOfOthers(rows, transposed, { start, nComponents }), start);
    }
  } finally {
    tf.dispose([units, transposed]);
  }
  return summarise(maxCosines);
}

/** n where row n + i is the negative of row i for all i below n and those are all rows; 0 elsewhere. */
function nPolePairs(wDec: Float32Array, nLatents: number): number {
  const half = wDec.length / 2;
  for (let i = 0; i < half; i++) if (wDec[half + i] !== -wDec[i]) return 0;
  return nLatents % 2 === 0 ? nLatents / 2 : 0;
}

/** Of the rows from `start` on, which are disposed of. */
function largestOfOthers(
  rows: tf.Tensor2D,
  transposed: tf.Tensor2D,
  { start, nComponents }: { start: number; nComponents: number },
): Float32Array {
  const product = tf.tidy(() => tf.matMul(rows, transposed));
  rows.dispose();
  const [nRows, nLatents] = product.shape;
  const cosines = product.dataSync();
  product.dispose();
  return Float32Array.from({ length: nRows }, (_, row) => {
    const self = start + row;
    const otherPole = nComponents > 0 ? (self + nComponents) % nLatents : self;
    let largest = 0;
    for (let other = 0, at = row * nLatents; other < nLatents; other++, at++) {
      const cosine = Math.abs(cosines[at]);
      if (cosine > largest && other !== self && other !== otherPole) largest = cosine;
    }
    // Rounding may take a copy's cosine above 1.
    return Math.min(1, largest);
  });
}

function summarise(maxCosines: Float32Array): DecoderHealth {
  const counts = new Array<number>(N_BINS).fill(0);
  let nAbove = 0;
  for (const cosine of maxCosines) {
    counts[Math.min(N_BINS - 1, Math.floor(cosine * N_BINS))]++;
    if (cosine > NEAR_DUPLICATE) nAbove++;
  }
  const sorted = maxCosines.slice().sort();
  return {
    maxCosines,
    histogram: { edges: Array.from({ length: N_BINS + 1 }, (_, i) => i / N_BINS), counts },
    medianCosine: sorted[(sorted.length - 1) >> 1],
    largestCosine: sorted[sorted.length - 1],
    shareAbove90: nAbove / maxCosines.length,
  };
}
