import { tf } from '../native-tensorflow.ts';
import { product } from './matrix-product.ts';
import { normaliseRows, normaliseRowsGradient } from './normalised-rows.ts';

/** Rows whose logits exist at one time: 512 · 4,096 floats are 8 MB, which the last-level cache holds. */
const chunkRows = 512;

/** Final norm, tied unembedding and cross-entropy, with gradients, in chunks of rows. The gradient in the logits is
 *  softmax − onehot(target); the one-hot part is a gather and a scatter of rows, so that matrix is never formed.
 *  x: [n, dModel]; targets: int32 [n]. Loss: sum over rows, nats; a target below e^−87 counts as that. */
export function unembeddingLoss(
  x: tf.Tensor,
  targets: tf.Tensor1D,
  weights: { norm: tf.Tensor; embedding: tf.Tensor; epsilon: number },
): { loss: tf.Tensor; dInput: tf.Tensor; dNorm: tf.Tensor; dEmbedding: tf.Tensor } {
  const normalised = normaliseRows(x, weights.epsilon);
  const folded = weights.embedding.mul(weights.norm);
  const nRows = x.shape[0] as number;
  const losses: tf.Tensor[] = [];
  const expectedRows: tf.Tensor[] = [];
  let dFolded: tf.Tensor = tf.neg(
    tf.unsortedSegmentSum(normalised.rows as tf.Tensor2D, targets, folded.shape[0] as number),
  );
  for (let start = 0; start < nRows; start += chunkRows) {
    const size = Math.min(chunkRows, nRows - start);
    const [loss, expected, sum] = tf.tidy(() => {
      const rows = normalised.rows.slice([start, 0], [size, -1]);
      const chosen = tf.stack([tf.range(0, size, 1, 'int32'), targets.slice(start, size)], 1);
      const probabilities = tf.softmax(product(rows, folded, { b: true }));
      const logProbabilities = tf.log(tf.gatherND(probabilities, chosen).maximum(1.2e-38));
      const sumSoFar = dFolded.add(product(probabilities, rows, { a: true }));
      return [logProbabilities.sum().neg(), product(probabilities, folded), sumSoFar] as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ];
    });
    dFolded.dispose();
    dFolded = sum;
    losses.push(loss);
    expectedRows.push(expected);
  }
  const dRows = tf.concat(expectedRows, 0).sub(tf.gather(folded, targets));
  return {
    loss: tf.addN(losses),
    dInput: normaliseRowsGradient(dRows, normalised),
    dNorm: tf.sum(dFolded.mul(weights.embedding), 0),
    dEmbedding: dFolded.mul(weights.norm),
  };
}
