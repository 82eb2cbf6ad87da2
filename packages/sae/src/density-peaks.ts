import { tf } from '@featurescope/tensor';

/** Cosine from which two rows count as of one direction, and from which a direction is taken to be found already. */
const [NEIGHBOUR_COSINE, FOUND_COSINE] = [0.998, 0.95];

/** Rows among which peaks are looked for at most: their cosines are n² values, made a block at a time. */
const MAX_ROWS = 8192;
const BLOCK_ROWS = 1024;

/** Directions along which rows are most crowded, by falling density, [n, dModel] with n ≤ nPeaks unit rows: of all rows the one with most
 *  others within a cosine of .998, then the same among the rows that are not within .95 of a direction already found. Where samples with
 *  a single active feature occur, its direction is such a peak. rows: [m, dModel]; of more than 8,192 the first ones; rows of length 0
 *  are left out; ties go to the earlier row. After Rodriguez and Laio 2014 (clustering by density peaks), with cosines for distances. */
export function densityPeaks(rows: Float32Array, dModel: number, nPeaks: number): Float32Array {
  const units = unitRowsOf(rows.subarray(0, MAX_ROWS * dModel), dModel);
  const nRows = units.length / dModel;
  const density = neighbourCounts(units, nRows, dModel);
  const peaks: number[] = [];
  const isFree = new Uint8Array(nRows).fill(1);
  while (peaks.length < nPeaks) {
    let best = -1;
    for (let r = 0; r < nRows; r++) if (isFree[r] && (best === -1 || density[r] > density[best])) best = r;
    if (best === -1) break;
    peaks.push(best);
    for (let r = 0; r < nRows; r++) if (cosine(units, dModel, [best, r]) > FOUND_COSINE) isFree[r] = 0;
    isFree[best] = 0;
  }
  const directions = new Float32Array(peaks.length * dModel);
  peaks.forEach((row, i) => {
    directions.set(units.subarray(row * dModel, (row + 1) * dModel), i * dModel);
  });
  return directions;
}

function unitRowsOf(rows: Float32Array, dModel: number): Float32Array {
  const units = new Float32Array(rows.length);
  let end = 0;
  for (let start = 0; start < rows.length; start += dModel) {
    let square = 0;
    for (let j = start; j < start + dModel; j++) square += rows[j] ** 2;
    const norm = Math.sqrt(square);
    if (!(norm > 0)) continue;
    for (let j = start; j < start + dModel; j++) units[end++] = rows[j] / norm;
  }
  return units.slice(0, end);
}

function neighbourCounts(units: Float32Array, nRows: number, dModel: number): Float32Array {
  const counts = new Float32Array(nRows);
  if (nRows === 0) return counts;
  const all = tf.tensor2d(units, [nRows, dModel]);
  for (let start = 0; start < nRows; start += BLOCK_ROWS) {
    const n = Math.min(BLOCK_ROWS, nRows - start);
    const block = tf.tidy(() => {
      const cosines = tf.matMul(tf.slice(all, [start, 0], [n, dModel]), all, false, true);
      return tf.sum(tf.cast(tf.greater(cosines, NEIGHBOUR_COSINE), 'float32'), 1);
    });
    counts.set(block.dataSync(), start);
    block.dispose();
  }
  all.dispose();
  return counts;
}

function cosine(units: Float32Array, dModel: number, [a, b]: [number, number]): number {
  let sum = 0;
  for (let j = 0; j < dModel; j++) sum += units[a * dModel + j] * units[b * dModel + j];
  return sum;
}
