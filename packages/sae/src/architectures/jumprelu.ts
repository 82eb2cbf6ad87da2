import { kernels, tf } from '@featurescope/tensor';
import { requireChoice, requireNumber } from '../config-check.ts';
import { SaeConfigError } from '../errors.ts';
import {
  type BatchOutcome,
  centred,
  columnSums,
  decoderBiasGradient,
  finiteRatio,
  preActivations,
  sumOfSquaredDeviations,
} from '../gradients/batch-outcome.ts';
import { deadPreActs } from '../gradients/dead-pre-acts.ts';
import { normGradient } from '../gradients/norm-gradient.ts';
import { widthAdjusted } from '../learning-rate.ts';
import type { ParameterTensors } from '../parameters.ts';
import type { TrainingConfig } from '../training-config.ts';
import type { ArchitectureDefinition, BatchContext } from './architecture.ts';

/** Steepness of the tanh penalty (Anthropic, January 2025; SAELens' `jumprelu_tanh_scale`). */
const TANH_SCALE = 4;

export const jumpRelu: ArchitectureDefinition = {
  inference: 'jumprelu',
  fields: [
    'l0Coefficient',
    'sparsityLoss',
    'targetL0',
    'bandwidth',
    'initialThreshold',
    'straightThroughToInput',
    'preActCoefficient',
  ],
  ownParameters: ['threshold'],
  hasAuxK: false,
  resamples: false,
  competes: false,
  hasBatchThreshold: false,
  defaults: ({ preset, dModel, nLatents, nSteps, targetL0 }) => ({
    l0Coefficient: 1,
    sparsityLoss: targetL0 === undefined ? 'step' : 'quadratic',
    bandwidth: 0.05,
    initialThreshold: 0.01,
    straightThroughToInput: false,
    preActCoefficient: 0,
    // θ has to come from its start to the size of activations, which is a share of √dModel on scaled rows, within some hundreds of
    // steps: with a narrow window it hardly moves. On 800 steps of the bundled model (2,048 latents, target L0 32) these came to L0
    // 33.6 and FVU .110; with the learning rate 1e-3 and a warm-up of a twentieth, to .140.
    ...(preset === 'featurescope'
      ? {
          bandwidth: Math.sqrt(dModel) / 16,
          initialThreshold: Math.sqrt(dModel) / 32,
          straightThroughToInput: true,
          learningRate: widthAdjusted(3e-3, nLatents),
          sparsityWarmUpSteps: Math.floor(nSteps / 2),
        }
      : {}),
  }),
  check: checkJumpRelu,
  // SAELens starts b_enc at 0. Preset featurescope starts it at θ, so that at first latents fire as with ReLU: its defaults were found so.
  initialValue: ({ initialThreshold = 0, preset }, name) =>
    name === 'threshold' || preset === 'featurescope' ? initialThreshold : 0,
  batch: jumpReluBatch,
};

function checkJumpRelu(config: TrainingConfig): void {
  requireNumber(config, 'l0Coefficient', { min: 0 });
  requireNumber(config, 'bandwidth', { min: Number.MIN_VALUE });
  requireNumber(config, 'initialThreshold', { min: 0 });
  requireNumber(config, 'preActCoefficient', { min: 0 });
  requireChoice(config, 'sparsityLoss', ['step', 'tanh', 'quadratic']);
  const { sparsityLoss, targetL0, nLatents } = config;
  if (sparsityLoss === 'quadratic') requireNumber(config, 'targetL0', { min: Number.MIN_VALUE, max: nLatents });
  else if (targetL0 !== undefined)
    throw new SaeConfigError(`targetL0 is used by sparsityLoss quadratic only, not by ${sparsityLoss}: leave it out`);
}

/** JumpReLU (Rajamanoharan 2024b): f = pre · H(pre − θ). Losses and gradients of one batch, the latter straight-through where H jumps.
 *  loss = mean over rows of Σe² + λ·penalty, the penalty of a row being Σ H (`step`), Σ tanh(4 f ‖d‖) (`tanh`, with the gradient
 *  through ‖d‖ where the decoder is free) or (2/L)(Σ H − L)² (`quadratic`).
 *  With rect = [|pre − θ| < ε/2], D = ∂loss/∂f (tanh included) and h = ∂loss/∂H = λ/nRows · (1, 0 or 4/L (Σ H − L)):
 *  ∂θ = −Σ_rows rect · (θ/ε · D + h/ε); ∂pre = H · D, and where the estimate reaches the input + rect · (θ/ε · D + h/ε).
 *  Dead latents may have a term of their own, see `deadPreActs`.
 *  θ itself is trained, not its logarithm: Adam would move that by a few thousandths of θ a step (SAELens does the same). */
function jumpReluBatch(
  x: tf.Tensor2D,
  parameters: ParameterTensors,
  { config, sparsityCoefficient, deadLatents }: BatchContext,
): BatchOutcome {
  const nRows = x.shape[0];
  const { encoder, decoder, bEnc, bDec } = parameters;
  const threshold = parameters.threshold as tf.Tensor1D;
  const { sparsityLoss, targetL0 = 1, bandwidth = 1, preActCoefficient = 0 } = config;
  const perRow = sparsityCoefficient / nRows;
  const input = centred(x, bDec, config.applyBDecToInput);
  const preActs = preActivations(input, encoder, bEnc);
  const isOpen = tf.cast(tf.greater(preActs, threshold), 'float32') as tf.Tensor2D;
  const acts = tf.mul<tf.Tensor2D>(preActs, isOpen);
  const error = tf.sub<tf.Tensor2D>(tf.add(tf.matMul(acts, decoder), bDec), x);
  const outputGradient = tf.mul<tf.Tensor2D>(error, 2 / nRows);
  const l0OfRows = tf.sum(isOpen, 1, true) as tf.Tensor2D;

  const norms =
    config.decoder === 'free' ? (tf.norm(decoder, 2, 1) as tf.Tensor1D) : tf.ones<tf.Rank.R1>([config.nLatents]);
  const tanh = sparsityLoss === 'tanh' ? tf.tidy(() => tf.tanh(tf.mul(acts, tf.mul(norms, TANH_SCALE)))) : null;
  // ∂penalty/∂(f‖d‖), with λ/nRows.
  const slope = tanh && tf.tidy(() => tf.mul<tf.Tensor2D>(tf.sub(1, tf.square(tanh)), TANH_SCALE * perRow));
  const actsGradient = tf.tidy(() => {
    const reconstruction = tf.matMul(outputGradient, decoder, false, true) as tf.Tensor2D;
    return slope ? tf.add<tf.Tensor2D>(reconstruction, tf.mul(slope, norms)) : reconstruction;
  });
  const stepGradient =
    sparsityLoss === 'quadratic'
      ? tf.mul(tf.sub(l0OfRows, targetL0), (4 * perRow) / targetL0)
      : tf.scalar(sparsityLoss === 'step' ? perRow : 0);
  const straightThrough = tf.tidy(() => {
    const isNear = tf.cast(tf.less(tf.abs(tf.sub(preActs, threshold)), bandwidth / 2), 'float32');
    const jump = tf.add(tf.mul(actsGradient, tf.div(threshold, bandwidth)), tf.div(stepGradient, bandwidth));
    return tf.mul<tf.Tensor2D>(isNear, jump);
  });
  let preGradient = tf.mul<tf.Tensor2D>(actsGradient, isOpen);
  if (config.straightThroughToInput) preGradient = tf.add(preGradient, straightThrough);
  const revival =
    preActCoefficient > 0 && deadLatents.length > 0
      ? deadPreActs({ preActs, threshold, norms, deadLatents }, preActCoefficient)
      : null;
  if (revival) preGradient = tf.add(preGradient, revival.preGradient);
  let decoderGradient: tf.Tensor2D = tf.matMul(acts, outputGradient, true, false);
  if (slope && config.decoder === 'free')
    decoderGradient = tf.add(decoderGradient, normGradient(columnSums(tf.mul(slope, acts)), decoder, norms));
  if (revival && config.decoder === 'free')
    decoderGradient = tf.add(decoderGradient, normGradient(revival.normGradient, decoder, norms));
  const bEncGradient = columnSums(preGradient);
  const thresholdGradient = tf.neg(columnSums(straightThrough)) as tf.Tensor1D;

  const squaredError = kernels().sumOfSquares(error);
  const firings = columnSums(isOpen).dataSync() as Float32Array;
  const nFirings = firings.reduce((sum, count) => sum + count, 0);
  const penalty = {
    step: () => nFirings,
    tanh: () => tf.sum(tanh as tf.Tensor2D).dataSync()[0],
    quadratic: () => (2 / targetL0) * kernels().sumOfSquares(tf.sub(l0OfRows, targetL0)),
  }[sparsityLoss ?? 'step']();
  return {
    gradients: {
      encoder: tf.matMul(preGradient, input, true, false) as tf.Tensor2D,
      decoder: decoderGradient,
      bEnc: bEncGradient,
      bDec: decoderBiasGradient(outputGradient, bEncGradient, { encoder, applyBDecToInput: config.applyBDecToInput }),
      threshold: revival ? tf.add<tf.Tensor1D>(thresholdGradient, revival.thresholdGradient) : thresholdGradient,
    },
    loss: squaredError / nRows + perRow * penalty + (revival?.loss ?? 0),
    mse: squaredError / nRows,
    fvu: finiteRatio(squaredError, sumOfSquaredDeviations(x)),
    l0: nFirings / nRows,
    l1: tf.sum(columnSums(acts)).dataSync()[0] / nRows,
    auxLoss: revival?.loss ?? 0,
    fired: Uint8Array.from(firings, (count) => (count > 0 ? 1 : 0)),
  };
}
