import { tf } from '../native-tensorflow.ts';
import { product } from './matrix-product.ts';
import { type NormalisedRows, normaliseRows, normaliseRowsGradient, unfoldWeight } from './normalised-rows.ts';
import type { ModelShape } from './shape.ts';

export interface FeedForwardWeights {
  readonly norm: tf.Tensor;
  readonly gateUp: tf.Tensor;
  readonly down: tf.Tensor;
}

/** Gate and up stay apart, so that only the small weights are split, never the activations. */
export interface FeedForwardMemory {
  readonly normalised: NormalisedRows;
  readonly gateWeight: tf.Tensor;
  readonly upWeight: tf.Tensor;
  readonly squashed: tf.Tensor;
  readonly swish: tf.Tensor;
  readonly up: tf.Tensor;
  readonly hidden: tf.Tensor;
}

/** x + down(swish(gate(norm(x))) · up(norm(x))). x: [n, dModel]. */
export function feedForward(
  x: tf.Tensor,
  weights: FeedForwardWeights,
  shape: ModelShape,
): { output: tf.Tensor; memory: FeedForwardMemory } {
  const normalised = normaliseRows(x, shape.normEpsilon);
  const folded = weights.gateUp.mul(weights.norm.expandDims(1));
  const [gateWeight, upWeight] = tf.split(folded, 2, 1) as [tf.Tensor, tf.Tensor];
  const gate = product(normalised.rows, gateWeight);
  const up = product(normalised.rows, upWeight);
  const squashed = tf.sigmoid(gate);
  const swish = gate.mul(squashed);
  const hidden = swish.mul(up);
  const output = x.add(product(hidden, weights.down));
  return { output, memory: { normalised, gateWeight, upWeight, squashed, swish, up, hidden } };
}

/** Gradients of feedForward. With s = σ(gate): d(swish)/d(gate) = s + swish · (1 − s). */
export function feedForwardBackward(
  dOutput: tf.Tensor,
  memory: FeedForwardMemory,
  weights: FeedForwardWeights,
): { dInput: tf.Tensor; dNorm: tf.Tensor; dGateUp: tf.Tensor; dDown: tf.Tensor } {
  const { normalised, gateWeight, upWeight, squashed, swish, up, hidden } = memory;
  const dDown = product(hidden, dOutput, { a: true });
  const dHidden = product(dOutput, weights.down, { b: true });
  const dUp = dHidden.mul(swish);
  const slope = squashed.add(swish.sub(swish.mul(squashed)));
  const dGate = dHidden.mul(up).mul(slope);
  const dFolded = tf.concat(
    [product(normalised.rows, dGate, { a: true }), product(normalised.rows, dUp, { a: true })],
    1,
  );
  const { dMatrix, dWeight } = unfoldWeight(dFolded, weights.norm, weights.gateUp);
  const dRows = product(dGate, gateWeight, { b: true }).add(product(dUp, upWeight, { b: true }));
  const dInput = dOutput.add(normaliseRowsGradient(dRows, normalised));
  return { dInput, dNorm: dWeight, dGateUp: dMatrix, dDown };
}
