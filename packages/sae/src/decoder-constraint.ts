import { tf } from '@featurescope/tensor';

/** Takes from each row of the gradient its part along the decoder's unit row: what is left turns the row without stretching it.
 *  Both [nLatents, dModel]. */
export function projectOffRows(gradient: tf.Tensor2D, decoder: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => tf.sub<tf.Tensor2D>(gradient, tf.mul(decoder, tf.sum(tf.mul(gradient, decoder), 1, true))));
}

/** Rows of norm 1; a row of zeros stays. */
export function unitRows(matrix: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => {
    const norms = tf.sqrt(tf.sum(tf.square(matrix), 1, true));
    return tf.mul<tf.Tensor2D>(matrix, tf.divNoNan(tf.onesLike(norms), norms));
  });
}
