import { kernels, tf } from '@featurescope/tensor';
import type { SaeConfig } from '../config.ts';
import {
  type BatchOutcome,
  centred,
  columnSums,
  decoderBiasGradient,
  finiteRatio,
  type ParameterTensors,
  preActivations,
  sumOfSquaredDeviations,
} from './batch-outcome.ts';

/** ReLU with an L1 penalty: losses and hand-derived gradients of one batch.
 *  x: [nRows, dModel], scaled. sparsityCoefficient: λ of this step.
 *  loss = mean over rows of Σe² + λ Σ f_i (decoder constrained, Bricken 2023) or λ Σ f_i ‖d_i‖ with the gradient through
 *  ‖d_i‖ (free, Anthropic April 2024). With G = 2(x̂ − x)/nRows and Δ = (G W_decᵀ + λ/nRows [· ‖d‖]) ⊙ [f > 0]:
 *  ∂W_dec = fᵀG [+ λ/nRows Σ_rows f · d/‖d‖], ∂W_encᵀ = Δᵀx', ∂b_enc = ΣΔ, ∂b_dec = ΣG − ∂b_enc W_encᵀ. */
export function standardBatch(
  x: tf.Tensor2D,
  parameters: ParameterTensors,
  { config, sparsityCoefficient }: { config: SaeConfig; sparsityCoefficient: number },
): BatchOutcome {
  const nRows = x.shape[0];
  const { encoder, decoder, bEnc, bDec } = parameters;
  const perRow = sparsityCoefficient / nRows;
  const input = centred(x, bDec, config.applyBDecToInput);
  const acts = tf.tidy(() => tf.relu(preActivations(input, encoder, bEnc)));
  const isActive = tf.cast(tf.greater(acts, 0), 'float32') as tf.Tensor2D;
  const error = tf.sub<tf.Tensor2D>(tf.add(tf.matMul(acts, decoder), bDec), x);
  const outputGradient = tf.mul<tf.Tensor2D>(error, 2 / nRows);
  const actsPerLatent = columnSums(acts);

  const norms = config.decoder === 'free' ? tf.norm(decoder, 2, 1) : null;
  const penaltyGradient = norms ? tf.mul(norms, perRow) : tf.scalar(perRow);
  const preGradient = tf.tidy(() => {
    const actsGradient = tf.add(tf.matMul(outputGradient, decoder, false, true), penaltyGradient);
    return tf.mul<tf.Tensor2D>(actsGradient, isActive);
  });
  let decoderGradient: tf.Tensor2D = tf.matMul(acts, outputGradient, true, false);
  if (norms) {
    const alongRows = tf.mul(tf.divNoNan(actsPerLatent, norms), perRow).reshape([-1, 1]);
    decoderGradient = tf.add(decoderGradient, tf.mul(decoder, alongRows));
  }
  const bEncGradient = columnSums(preGradient);
  const gradients = {
    encoder: tf.matMul(preGradient, input, true, false) as tf.Tensor2D,
    decoder: decoderGradient,
    bEnc: bEncGradient,
    bDec: decoderBiasGradient(outputGradient, bEncGradient, { encoder, applyBDecToInput: config.applyBDecToInput }),
  };

  const squaredError = kernels().sumOfSquares(error);
  const penalty = perRow * (norms ? tf.sum(tf.mul(actsPerLatent, norms)) : tf.sum(actsPerLatent)).dataSync()[0];
  const firings = columnSums(isActive).dataSync() as Float32Array;
  return {
    gradients,
    loss: squaredError / nRows + penalty,
    mse: squaredError / nRows,
    fvu: finiteRatio(squaredError, sumOfSquaredDeviations(x)),
    l0: firings.reduce((sum, count) => sum + count, 0) / nRows,
    l1: tf.sum(actsPerLatent).dataSync()[0] / nRows,
    auxLoss: 0,
    fired: Uint8Array.from(firings, (count) => (count > 0 ? 1 : 0)),
  };
}
