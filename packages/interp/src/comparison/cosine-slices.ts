import { tf } from '@featurescope/tensor';
import { InvalidRequestError } from '../errors.ts';
import { unitRows } from '../evidence/unit-rows.ts';

/** Values of one slice's product: 32 MiB. */
const SLICE_VALUES = 8 * 1024 * 1024;

/** Cosines of a few rows of one matrix with all rows of another. */
export interface CosineSlice {
  /** The first of the rows. */
  start: number;
  nRows: number;
  /** [nRows, nB], within −1 … 1. A zero row has cosine 0 with everything. */
  cosines: Float32Array;
}

/** The cosines of all rows of `a` [nA, width] with all rows of `b` [nB, width], float32, slice by slice: two dictionaries of 65,536
 *  latents have a matrix of 16 GiB, which is never held. Memory: both matrices twice, and one slice.
 *  Throws InvalidRequestError where a length is no multiple of the width, or a value is not finite. */
export function* cosineSlices(
  a: Float32Array,
  b: Float32Array,
  { width, sliceValues = SLICE_VALUES }: { width: number; sliceValues?: number },
): Generator<CosineSlice> {
  checkRows(a, width);
  checkRows(b, width);
  const [nA, nB] = [a.length / width, b.length / width];
  if (nA === 0 || nB === 0) return;
  const rowsA = unitRows(a, width);
  const columns = tf.tidy(() => tf.transpose(tf.tensor2d(unitRows(b, width), [nB, width]))) as tf.Tensor2D;
  const sliceRows = Math.max(1, Math.floor(sliceValues / nB));
  try {
    for (let start = 0; start < nA; start += sliceRows) {
      const nRows = Math.min(sliceRows, nA - start);
      const rows = rowsA.subarray(start * width, (start + nRows) * width);
      yield { start, nRows, cosines: products(rows, columns) };
    }
  } finally {
    columns.dispose();
  }
}

function products(rows: Float32Array, columns: tf.Tensor2D): Float32Array {
  const [width] = columns.shape;
  const product = tf.tidy(() =>
    tf.clipByValue(tf.matMul(tf.tensor2d(rows, [rows.length / width, width]), columns), -1, 1),
  );
  const cosines = product.dataSync() as Float32Array;
  product.dispose();
  return cosines;
}

function checkRows(rows: Float32Array, width: number): void {
  if (!Number.isInteger(width) || width < 1 || rows.length % width !== 0)
    throw new InvalidRequestError(`${rows.length} values are not rows of width ${width}`);
  const at = rows.findIndex((value) => !Number.isFinite(value));
  if (at >= 0)
    throw new InvalidRequestError(
      `Row ${Math.floor(at / width)} of a dictionary holds ${rows[at]}; directions must be finite`,
    );
}
