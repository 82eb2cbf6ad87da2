import { tf } from '@featurescope/tensor';
import { columnSums } from './batch-outcome.ts';

interface DeadPreActsInput {
  /** [nRows, nLatents] */
  preActs: tf.Tensor2D;
  /** [nLatents] */
  threshold: tf.Tensor1D;
  /** ‖d‖, or ones where the decoder is constrained. */
  norms: tf.Tensor1D;
  deadLatents: Int32Array;
}

interface DeadPreActsOutcome {
  loss: number;
  /** [nRows, nLatents], ∂loss/∂pre. */
  preGradient: tf.Tensor2D;
  /** [nLatents] */
  thresholdGradient: tf.Tensor1D;
  /** [nLatents], ∂loss/∂‖d‖. */
  normGradient: tf.Tensor1D;
}

/** Draws the pre-activations of dead latents up to their thresholds, where nothing else reaches them (Anthropic, January 2025;
 *  SAELens' `pre_act_loss_coefficient`): c · mean over rows of Σ over the dead of ReLU(θ − pre) ‖d‖. There is at least one dead latent. */
export function deadPreActs(
  { preActs, threshold, norms, deadLatents }: DeadPreActsInput,
  coefficient: number,
): DeadPreActsOutcome {
  const [nRows, nLatents] = preActs.shape;
  const perRow = coefficient / nRows;
  const mask = new Float32Array(nLatents);
  for (const latent of deadLatents) mask[latent] = 1;
  const missing = tf.tidy(() => tf.mul<tf.Tensor2D>(tf.relu(tf.sub(threshold, preActs)), tf.tensor1d(mask)));
  const weights = tf.mul<tf.Tensor1D>(norms, perRow);
  const isBelow = tf.cast(tf.greater(missing, 0), 'float32') as tf.Tensor2D;
  const missingSums = columnSums(missing);
  return {
    loss: tf.sum(tf.mul(missingSums, weights)).dataSync()[0],
    preGradient: tf.mul(isBelow, tf.neg(weights)),
    thresholdGradient: tf.mul(columnSums(isBelow), weights),
    normGradient: tf.mul(missingSums, perRow),
  };
}
