import { tf } from '../native-tensorflow.ts';
import { crossEntropyWithGradient } from './cross-entropy.ts';
import { logitsOf, type Parameters } from './forward.ts';
import { type ModelShape, parameterSlots } from './shape.ts';

/** Sum of the cross-entropies (nats) and its gradient in every parameter, by tfjs's autograd.
 *  ids, targets: int32 [batch, positions]. The reference for the hand-derived gradients. */
export function autogradLossAndGradients(
  parameters: Parameters,
  ids: tf.Tensor2D,
  targets: tf.Tensor2D,
  shape: ModelShape,
): { loss: number; gradients: Record<string, tf.Tensor> } {
  const names = parameterSlots(shape).map((slot) => slot.name);
  const summedLoss = tf.customGrad((logits, save) => {
    const { losses, gradient } = crossEntropyWithGradient(logits as tf.Tensor, targets.flatten());
    (save as (tensors: tf.Tensor[]) => void)([gradient]);
    return { value: losses.sum(), gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => (saved[0] as tf.Tensor).mul(dy) };
  });
  const loss = (...values: tf.Tensor[]) => {
    const byName = Object.fromEntries(names.map((name, index) => [name, values[index] as tf.Tensor]));
    return summedLoss(logitsOf(byName, ids, shape)) as tf.Scalar;
  };
  return tf.tidy(() => {
    const { value, grads } = tf.valueAndGrads(loss)(names.map((name) => parameters[name] as tf.Tensor));
    const total = value.dataSync()[0] as number;
    return {
      loss: total,
      gradients: Object.fromEntries(names.map((name, index) => [name, grads[index] as tf.Tensor])),
    };
  });
}
