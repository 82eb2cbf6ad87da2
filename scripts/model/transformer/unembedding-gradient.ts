import { tf } from '../native-tensorflow.ts';
import { crossEntropyWithGradient } from './cross-entropy.ts';
import { product } from './matrix-product.ts';
import { normaliseRows, normaliseRowsGradient } from './normalised-rows.ts';

/** Rows whose logits exist at one time: 512 · 4,096 floats are 8 MB, which the last-level cache holds. */
const chunkRows = 512;

/** Final norm, tied unembedding and cross-entropy, with gradients, in chunks of rows.
 *  x: [n, dModel]; targets: int32 [n]. Loss: sum over rows, nats. */
export function unembeddingLoss(
  x: tf.Tensor,
  targets: tf.Tensor,
  weights: { norm: tf.Tensor; embedding: tf.Tensor; epsilon: number },
): { loss: tf.Tensor; dInput: tf.Tensor; dNorm: tf.Tensor; dEmbedding: tf.Tensor } {
  const normalised = normaliseRows(x, weights.epsilon);
  const folded = weights.embedding.mul(weights.norm);
  const nRows = x.shape[0] as number;
  const losses: tf.Tensor[] = [];
  const dRowChunks: tf.Tensor[] = [];
  let dFolded: tf.Tensor = tf.zerosLike(folded);
  for (let start = 0; start < nRows; start += chunkRows) {
    const size = Math.min(chunkRows, nRows - start);
    const [loss, dRows, sum] = tf.tidy(() => {
      const rows = normalised.rows.slice([start, 0], [size, -1]);
      const part = crossEntropyWithGradient(product(rows, folded, { b: true }), targets.slice(start, size));
      const sumSoFar = dFolded.add(product(part.gradient, rows, { a: true }));
      return [part.losses.sum(), product(part.gradient, folded), sumSoFar] as [tf.Tensor, tf.Tensor, tf.Tensor];
    });
    dFolded.dispose();
    dFolded = sum;
    losses.push(loss);
    dRowChunks.push(dRows);
  }
  return {
    loss: tf.addN(losses),
    dInput: normaliseRowsGradient(tf.concat(dRowChunks, 0), normalised),
    dNorm: tf.sum(dFolded.mul(weights.embedding), 0),
    dEmbedding: dFolded.mul(weights.norm),
  };
}
