import { attribute, rawOps, type tf } from '../native-tensorflow.ts';

/** Cross-entropy of each row in nats, and the gradient of their sum with respect to the logits, in one pass.
 *  logits: [n, vocabulary]; targets: int32 [n]. */
export function crossEntropyWithGradient(
  logits: tf.Tensor,
  targets: tf.Tensor,
): { losses: tf.Tensor; gradient: tf.Tensor } {
  const attributes = [attribute.type('T', 'TF_FLOAT'), attribute.type('Tlabels', 'TF_INT32')];
  const [losses, gradient] = rawOps('SparseSoftmaxCrossEntropyWithLogits', attributes, [logits, targets], 2);
  return { losses: losses as tf.Tensor, gradient: gradient as tf.Tensor };
}
