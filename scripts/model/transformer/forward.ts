import { tf } from '../native-tensorflow.ts';
import { rotaryTables, rotate } from './rotary.ts';
import type { ModelShape } from './shape.ts';

export type Parameters = Readonly<Record<string, tf.Tensor>>;

/** Logits [batch · positions, vocabulary] of a llama-family decoder, written plainly for autograd: the reference that
 *  the hand-derived gradients are checked against, and the one used for evaluation.
 *  ids: int32 [batch, positions], positions ≤ contextLength. */
export function logitsOf(parameters: Parameters, ids: tf.Tensor2D, shape: ModelShape): tf.Tensor2D {
  const [batch, positions] = ids.shape;
  const { nHeads, nKeyValueHeads, dHead, dModel, dFeedForward } = shape;
  const p = (name: string) => parameters[name] as tf.Tensor;
  const groupSize = nHeads / nKeyValueHeads;
  const tables = rotaryTables(shape);
  const cosines = tables.cosines.slice(0, positions);
  const sines = tables.sines.slice(0, positions);
  const mask = causalMask(positions);
  let x = tf.gather(p('embedding'), ids.flatten());
  for (let layer = 0; layer < shape.nLayers; layer++) {
    const normed = rmsNorm(x, p(`${layer}.attentionNorm`), shape.normEpsilon);
    const projected = tf.matMul(normed, p(`${layer}.queryKeyValue`)).reshape([batch, positions, -1, dHead]);
    const [q, k, v] = tf.split(projected, [nHeads, nKeyValueHeads, nKeyValueHeads], 2) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    const byHead = (heads: tf.Tensor) => heads.transpose([0, 2, 1, 3]).reshape([batch * nKeyValueHeads, -1, dHead]);
    const queries = byHead(rotate(q, cosines, sines));
    const scores = tf
      .matMul(queries, byHead(rotate(k, cosines, sines)), false, true)
      .mul(1 / Math.sqrt(dHead))
      .reshape([batch * nKeyValueHeads, groupSize, positions, positions])
      .add(mask);
    const pattern = tf.softmax(scores).reshape([batch * nKeyValueHeads, groupSize * positions, positions]);
    const mixed = tf.matMul(pattern, byHead(v)).reshape([batch, nHeads, positions, dHead]).transpose([0, 2, 1, 3]);
    x = x.add(tf.matMul(mixed.reshape([-1, nHeads * dHead]), p(`${layer}.attentionOut`)));

    const normedAgain = rmsNorm(x, p(`${layer}.feedForwardNorm`), shape.normEpsilon);
    const [gate, up] = tf.split(tf.matMul(normedAgain, p(`${layer}.gateUp`)), [dFeedForward, dFeedForward], 1) as [
      tf.Tensor,
      tf.Tensor,
    ];
    x = x.add(tf.matMul(gate.mul(tf.sigmoid(gate)).mul(up), p(`${layer}.down`)));
  }
  return tf.matMul(
    rmsNorm(x, p('finalNorm'), shape.normEpsilon).reshape([-1, dModel]),
    p('embedding'),
    false,
    true,
  ) as tf.Tensor2D;
}

/** x / √(mean(x²) + ε) · weight, over the last axis. Source: Zhang & Sennrich 2019. */
function rmsNorm(x: tf.Tensor, weight: tf.Tensor, epsilon: number): tf.Tensor {
  return x.mul(tf.rsqrt(tf.mean(tf.square(x), -1, true).add(epsilon))).mul(weight);
}

/** [positions, positions]: 0 where a position may look, −1e9 above the diagonal. */
export function causalMask(positions: number): tf.Tensor2D {
  const values = Float32Array.from({ length: positions * positions }, (_, index) =>
    index % positions > Math.floor(index / positions) ? -1e9 : 0,
  );
  return tf.tensor2d(values, [positions, positions]);
}
