import { ShapeError, tf } from '@featurescope/tensor';

/** Cosines of every truth with every decoder row, [nTruths, nLatents], signed. Norms below 1e-8 count as 1e-8, so that a zero row has cosine
 *  0 with everything (as in SAELens). truths: [nTruths, dModel], wDec: [nLatents, dModel]. Throws ShapeError. */
export function truthCosines(truths: Float32Array, wDec: Float32Array, dModel: number): Float32Array {
  if (truths.length % dModel !== 0 || wDec.length % dModel !== 0)
    throw new ShapeError(`Rows of ${dModel} values do not make up ${truths.length} and ${wDec.length} values`);
  const product = tf.tidy(() => tf.matMul(unitTensor(truths, dModel), unitTensor(wDec, dModel), false, true));
  const values = product.dataSync() as Float32Array;
  product.dispose();
  // Rounding must not make a cosine of 1.0000001.
  return values.map((value) => Math.max(-1, Math.min(1, value)));
}

function unitTensor(rows: Float32Array, dModel: number): tf.Tensor2D {
  const tensor = tf.tensor2d(rows, [rows.length / dModel, dModel]);
  return tf.div(tensor, tf.maximum(tf.norm(tensor, 'euclidean', 1, true), 1e-8));
}
