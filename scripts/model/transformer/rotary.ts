import { tf } from '../native-tensorflow.ts';
import type { ModelShape } from './shape.ts';

/** Cosines and sines [contextLength, 1, dHead/2] of the angles position · θ^(−2i/dHead).
 *  Source: Su et al. 2021, §3.2.2, in the half-split layout of Hugging Face llama. */
export function rotaryTables(shape: ModelShape): { cosines: tf.Tensor; sines: tf.Tensor } {
  const half = shape.dHead / 2;
  const angles = Float32Array.from({ length: shape.contextLength * half }, (_, index) => {
    const position = Math.floor(index / half);
    return position * shape.ropeTheta ** (-(index % half) / half);
  });
  const table = (f: (angle: number) => number) => tf.tensor(angles.map(f), [shape.contextLength, 1, half]);
  return { cosines: table(Math.cos), sines: table(Math.sin) };
}

/** Rotates every head by its position. x: [batch, positions, heads, dHead]. With `sines` negated it rotates back,
 *  which is also its gradient. */
export function rotate(x: tf.Tensor, cosines: tf.Tensor, sines: tf.Tensor): tf.Tensor {
  const [first, second] = tf.split(x, 2, 3) as [tf.Tensor, tf.Tensor];
  return tf.concat([first.mul(cosines).sub(second.mul(sines)), second.mul(cosines).add(first.mul(sines))], 3);
}
