import { tf } from '@featurescope/tensor';

/** Gradient of the decoder [nLatents, dModel] through its rows' norms: perNorm_i · d_i/‖d_i‖, 0 for a row of zeros.
 *  perNorm: [nLatents], ∂loss/∂‖d_i‖. */
export function normGradient(perNorm: tf.Tensor, decoder: tf.Tensor2D, norms: tf.Tensor1D): tf.Tensor2D {
  return tf.tidy(() => tf.mul<tf.Tensor2D>(decoder, tf.divNoNan(perNorm, norms).reshape([-1, 1])));
}
