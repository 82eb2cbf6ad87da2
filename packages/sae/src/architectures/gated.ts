import { kernels, tf } from '@featurescope/tensor';
import { requireChoice, requireNumber } from '../config-check.ts';
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

export const gated: ArchitectureDefinition = {
  inference: 'gated',
  fields: ['l1Coefficient', 'gateDecoder'],
  ownParameters: ['rMag', 'bMag'],
  hasAuxK: false,
  resamples: false,
  competes: false,
  hasBatchThreshold: false,
  defaults: ({ preset, nLatents, nSteps }) => ({
    l1Coefficient: 1,
    ...(preset === 'featurescope'
      ? {
          learningRate: widthAdjusted(1e-3, nLatents),
          sparsityWarmUpSteps: Math.floor(nSteps / 20),
          gateDecoder: 'frozen',
        }
      : { gateDecoder: 'shared' }),
  }),
  check: (config) => {
    requireNumber(config, 'l1Coefficient', { min: 0 });
    requireChoice(config, 'gateDecoder', ['frozen', 'shared']);
  },
  batch: gatedBatch,
};

/** Gated (Rajamanoharan 2024a): whether a latent is active, π > 0 with π = x' W_enc + b_gate, is learnt apart from how much,
 *  m = x'(W_enc ⊙ exp(r_mag)) + b_mag = exp(r_mag)(π − b_gate) + b_mag, so that one product serves both. f = [π > 0] · ReLU(m).
 *  loss = mean over rows of Σ(x̂ − x)² + λ Σ ReLU(π) ‖d‖ + Σ(x̂_g − x)², x̂_g = ReLU(π) W_dec + b_dec, in which W_dec and b_dec are
 *  constants where the gate's decoder is `frozen`. ‖d‖ is 1 and no variable where the decoder is constrained.
 *  With Δ_m = (G W_decᵀ) ⊙ [f > 0] and Δ_π = (G_g W_decᵀ + λ/nRows ‖d‖) ⊙ [π > 0]: ∂b_mag = ΣΔ_m, ∂r_mag = ΣΔ_m (m − b_mag),
 *  ∂b_gate = ΣΔ_π, and Δ = Δ_π + exp(r_mag) Δ_m is what W_enc and x' see. */
function gatedBatch(
  x: tf.Tensor2D,
  parameters: ParameterTensors,
  { config, sparsityCoefficient }: BatchContext,
): BatchOutcome {
  const nRows = x.shape[0];
  const { encoder, decoder, bEnc, bDec } = parameters;
  const [rMag, bMag] = [parameters.rMag as tf.Tensor1D, parameters.bMag as tf.Tensor1D];
  const isShared = config.gateDecoder === 'shared';
  const perRow = sparsityCoefficient / nRows;
  const norms = config.decoder === 'free' ? (tf.norm(decoder, 2, 1) as tf.Tensor1D) : null;
  const expR = tf.exp(rMag) as tf.Tensor1D;

  const input = centred(x, bDec, config.applyBDecToInput);
  const gate = preActivations(input, encoder, bEnc);
  const gateActs = tf.relu(gate);
  const isOpen = tf.cast(tf.greater(gate, 0), 'float32') as tf.Tensor2D;
  const unbiased = tf.tidy(() => tf.mul<tf.Tensor2D>(tf.sub(gate, bEnc), expR));
  const acts = tf.tidy(() => tf.mul<tf.Tensor2D>(tf.relu(tf.add(unbiased, bMag)), isOpen));
  const isActive = tf.cast(tf.greater(acts, 0), 'float32') as tf.Tensor2D;
  const errorOf = (activations: tf.Tensor2D) =>
    tf.tidy(() => tf.sub<tf.Tensor2D>(tf.add(tf.matMul(activations, decoder), bDec), x));
  const [error, gateError] = [errorOf(acts), errorOf(gateActs)];
  const outputGradient = tf.mul<tf.Tensor2D>(error, 2 / nRows);
  const gateOutputGradient = tf.mul<tf.Tensor2D>(gateError, 2 / nRows);

  const magGradient = tf.tidy(() => tf.mul<tf.Tensor2D>(tf.matMul(outputGradient, decoder, false, true), isActive));
  const gateGradient = tf.tidy(() => {
    const penaltyGradient = norms ? tf.mul(norms, perRow) : tf.scalar(perRow);
    const actsGradient = tf.add(tf.matMul(gateOutputGradient, decoder, false, true), penaltyGradient);
    return tf.mul<tf.Tensor2D>(actsGradient, isOpen);
  });
  const preGradient = tf.tidy(() => tf.add<tf.Tensor2D>(gateGradient, tf.mul(magGradient, expR)));

  const gateSums = columnSums(gateActs);
  let decoderGradient: tf.Tensor2D = tf.matMul(acts, outputGradient, true, false);
  if (isShared) decoderGradient = tf.add(decoderGradient, tf.matMul(gateActs, gateOutputGradient, true, false));
  if (norms) decoderGradient = tf.add(decoderGradient, normGradient(tf.mul(gateSums, perRow), decoder, norms));

  const squaredError = kernels().sumOfSquares(error);
  const auxLoss = kernels().sumOfSquares(gateError) / nRows;
  const penalty = perRow * (norms ? tf.sum(tf.mul(gateSums, norms)) : tf.sum(gateSums)).dataSync()[0];
  const firings = columnSums(isActive).dataSync() as Float32Array;
  const biasGradient = isShared ? tf.add<tf.Tensor2D>(outputGradient, gateOutputGradient) : outputGradient;
  return {
    gradients: {
      encoder: tf.matMul(preGradient, input, true, false) as tf.Tensor2D,
      decoder: decoderGradient,
      bEnc: columnSums(gateGradient),
      bDec: decoderBiasGradient(biasGradient, columnSums(preGradient), {
        encoder,
        applyBDecToInput: config.applyBDecToInput,
      }),
      rMag: columnSums(tf.mul<tf.Tensor2D>(magGradient, unbiased)),
      bMag: columnSums(magGradient),
    },
    loss: squaredError / nRows + penalty + auxLoss,
    mse: squaredError / nRows,
    fvu: finiteRatio(squaredError, sumOfSquaredDeviations(x)),
    l0: firings.reduce((sum, count) => sum + count, 0) / nRows,
    l1: tf.sum(columnSums(acts)).dataSync()[0] / nRows,
    auxLoss,
    fired: Uint8Array.from(firings, (count) => (count > 0 ? 1 : 0)),
  };
}
