import { SaeConfigError } from '../errors.ts';
import { Rng } from '../rng.ts';

/** A world of a few known directions: each row adds up some of them, with magnitudes uniform in .5 … 2. */
export interface FewTruths {
  nTruths: number;
  nDims: number;
  /** Truths active in a row: uniform over 1 … mostActive, distinct. */
  mostActive: number;
  seed: number;
}

export interface TruthRows {
  /** [nRows, nDims] */
  rows: Float32Array;
  /** [nRows, nTruths]: magnitude of each truth, 0 where it is not active. */
  magnitudes: Float32Array;
}

const [LEAST, MOST] = [0.5, 2];

/** [nTruths, nDims]: uniformly random unit vectors. Throws SaeConfigError. */
export function truthDirections({ nTruths, nDims, mostActive, seed }: FewTruths): Float32Array {
  if (!Number.isInteger(mostActive) || mostActive < 1 || mostActive > nTruths)
    throw new SaeConfigError(`mostActive must be an integer from 1 to nTruths (${nTruths}), but is ${mostActive}`);
  return unitRows(nTruths, nDims, Rng.fromSeed(seed, 'few-truths'));
}

/** nRows rows. `stream` names the draw: the same one gives the same rows. */
export function drawTruthRows(world: FewTruths, { nRows, stream }: { nRows: number; stream: string }): TruthRows {
  const { nTruths, nDims, mostActive, seed } = world;
  const truths = truthDirections(world);
  const rng = Rng.fromSeed(seed, `few-truths/${stream}`);
  const rows = new Float32Array(nRows * nDims);
  const magnitudes = new Float32Array(nRows * nTruths);
  const order = Int32Array.from({ length: nTruths }, (_, t) => t);
  for (let r = 0; r < nRows; r++) {
    const nActive = 1 + rng.int(mostActive);
    rng.shuffle(order);
    for (const t of order.subarray(0, nActive)) {
      const magnitude = LEAST + (MOST - LEAST) * rng.float();
      magnitudes[r * nTruths + t] = magnitude;
      for (let d = 0; d < nDims; d++) rows[r * nDims + d] += magnitude * truths[t * nDims + d];
    }
  }
  return { rows, magnitudes };
}

/** [nRows, width]: uniformly random unit vectors, as a random dictionary has them. */
export function unitRows(nRows: number, width: number, rng: Rng): Float32Array {
  const rows = new Float32Array(nRows * width).map(() => rng.normal());
  for (let r = 0; r < nRows; r++) {
    const row = rows.subarray(r * width, (r + 1) * width);
    const norm = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    for (let d = 0; d < width; d++) row[d] /= norm;
  }
  return rows;
}
