import { kernels, tf } from '@featurescope/tensor';
import { requireNumber } from '../config-check.ts';
import {
  type BatchOutcome,
  centred,
  columnSums,
  decoderBiasGradient,
  finiteRatio,
  preActivations,
  sumOfSquaredDeviations,
} from '../gradients/batch-outcome.ts';
import { normGradient } from '../gradients/norm-gradient.ts';
import { widthAdjusted } from '../learning-rate.ts';
import type { ParameterTensors } from '../parameters.ts';
import type { ArchitectureDefinition, BatchContext } from './architecture.ts';

export const standard: ArchitectureDefinition = {
  inference: 'standard',
  fields: ['l1Coefficient'],
  ownParameters: [],
  hasAuxK: false,
  resamples: true,
  competes: false,
  hasBatchThreshold: false,
  defaults: ({ preset, nLatents, nSteps }) => ({
    l1Coefficient: 1,
    ...(preset === 'featurescope'
      ? {
          learningRate: widthAdjusted(5e-4, nLatents),
          sparsityWarmUpSteps: Math.floor(nSteps / 20),
          resampleSteps: [0.2, 0.4, 0.6].map((part) => Math.floor(part * nSteps)).filter((step) => step > 0),
        }
      : {}),
  }),
  check: (config) => requireNumber(config, 'l1Coefficient', { min: 0 }),
  batch: standardBatch,
};

/** ReLU with an L1 penalty: losses and hand-derived gradients of one batch.
 *  loss = mean over rows of Σe² + λ Σ f_i (decoder constrained, Bricken 2023) or λ Σ f_i ‖d_i‖ with the gradient through
 *  ‖d_i‖ (free, Anthropic April 2024). With G = 2(x̂ − x)/nRows and Δ = (G W_decᵀ + λ/nRows [· ‖d‖]) ⊙ [f > 0]:
 *  ∂W_dec = fᵀG [+ λ/nRows Σ_rows f · d/‖d‖], ∂W_encᵀ = Δᵀx', ∂b_enc = ΣΔ, ∂b_dec = ΣG − ∂b_enc W_encᵀ. */
function standardBatch(
  x: tf.Tensor2D,
  parameters: ParameterTensors,
  { config, sparsityCoefficient }: BatchContext,
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

  const norms = config.decoder === 'free' ? (tf.norm(decoder, 2, 1) as tf.Tensor1D) : null;
  const penaltyGradient = norms ? tf.mul(norms, perRow) : tf.scalar(perRow);
  const preGradient = tf.tidy(() => {
    const actsGradient = tf.add(tf.matMul(outputGradient, decoder, false, true), penaltyGradient);
    return tf.mul<tf.Tensor2D>(actsGradient, isActive);
  });
  let decoderGradient: tf.Tensor2D = tf.matMul(acts, outputGradient, true, false);
  if (norms) decoderGradient = tf.add(decoderGradient, normGradient(tf.mul(actsPerLatent, perRow), decoder, norms));
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
