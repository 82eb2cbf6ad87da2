import { tf } from '@featurescope/tensor';
import type { DecoderNeighbours } from '../types.ts';
import { unitRows } from './unit-rows.ts';

/** Values of one slice's product: 32 MiB. */
const SLICE_VALUES = 8 * 1024 * 1024;

/** The nearest decoder rows of every latent by cosine, falling, a row's own left out; equal cosines by lower index.
 *  wDec: [nLatents, dModel]. A zero row has cosine 0 with everything. Memory: the rows twice and one slice of products. */
export function* decoderNeighbours(
  wDec: Float32Array,
  dModel: number,
  options: { count?: number; featureIndices?: Int32Array } = {},
): Generator<DecoderNeighbours> {
  const nLatents = wDec.length / dModel;
  const count = Math.min(options.count ?? 10, nLatents - 1);
  const asked = options.featureIndices ?? Int32Array.from({ length: nLatents }, (_, latent) => latent);
  const units = unitRows(wDec, dModel);
  const transposed = tf.tidy(() => tf.transpose(tf.tensor2d(units, [nLatents, dModel])));
  const sliceRows = Math.max(1, Math.floor(SLICE_VALUES / nLatents));
  try {
    for (let start = 0; start < asked.length; start += sliceRows) {
      const slice = asked.subarray(start, start + sliceRows);
      const { values, indices } = topCosines(transposed as tf.Tensor2D, gatherRows(units, dModel, slice), count + 1);
      for (let j = 0; j < slice.length; j++) {
        const neighbours: DecoderNeighbours['neighbours'] = [];
        for (let rank = j * (count + 1); rank < (j + 1) * (count + 1); rank++) {
          if (indices[rank] === slice[j] || neighbours.length === count) continue;
          neighbours.push({ featureIndex: indices[rank], cosine: Math.max(-1, Math.min(1, values[rank])) });
        }
        yield { featureIndex: slice[j], neighbours };
      }
    }
  } finally {
    transposed.dispose();
  }
}

function topCosines(
  transposed: tf.Tensor2D,
  rows: Float32Array,
  count: number,
): { values: Float32Array; indices: Int32Array } {
  const [dModel] = transposed.shape;
  const top = tf.tidy(() => tf.topk(tf.matMul(tf.tensor2d(rows, [rows.length / dModel, dModel]), transposed), count));
  const result = { values: top.values.dataSync() as Float32Array, indices: top.indices.dataSync() as Int32Array };
  top.values.dispose();
  top.indices.dispose();
  return result;
}

/** Copies rows of [*, width] by index. */
export function gatherRows(rows: Float32Array, width: number, indices: Int32Array): Float32Array {
  const result = new Float32Array(indices.length * width);
  indices.forEach((index, j) => {
    result.set(rows.subarray(index * width, (index + 1) * width), j * width);
  });
  return result;
}
