import { tf } from '../native-tensorflow.ts';

/** RMS-normalised rows before the learnt weight, which the callers fold into the matrix that follows. */
export interface NormalisedRows {
  /** [n, d], x / √(mean(x²) + ε). */
  readonly rows: tf.Tensor;
  /** [n, 1], 1 / √(mean(x²) + ε). */
  readonly scale: tf.Tensor;
}

export function normaliseRows(x: tf.Tensor, epsilon: number): NormalisedRows {
  const scale = tf.rsqrt(tf.mean(tf.square(x), -1, true).add(epsilon));
  return { rows: x.mul(scale), scale };
}

/** Gradient in x from the gradient in the normalised rows: scale · (dy − y · mean(dy · y)). */
export function normaliseRowsGradient(dRows: tf.Tensor, { rows, scale }: NormalisedRows): tf.Tensor {
  const projection = tf.mean(dRows.mul(rows), -1, true);
  return dRows.sub(rows.mul(projection)).mul(scale);
}

/** From the gradient of diag(weight) · matrix to the gradients of both. weight: [d], matrix: [d, out]. */
export function unfoldWeight(
  dFolded: tf.Tensor,
  weight: tf.Tensor,
  matrix: tf.Tensor,
): { dMatrix: tf.Tensor; dWeight: tf.Tensor } {
  return { dMatrix: dFolded.mul(weight.expandDims(1)), dWeight: tf.sum(dFolded.mul(matrix), 1) };
}
