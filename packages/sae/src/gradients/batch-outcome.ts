import { kernels, tf } from '@featurescope/tensor';
import type { ParameterTensors } from '../parameters.ts';

/** One batch's losses and gradients. Losses are means over rows unless the loss is normalised by the batch's variance. */
export interface BatchOutcome {
  gradients: ParameterTensors;
  /** The decoder's gradient has no part along the decoder's rows any more; absent: it is whole. */
  isProjected?: boolean;
  /** What is minimised. */
  loss: number;
  /** Mean over rows of Σe². */
  mse: number;
  /** Σ‖e‖² / Σ‖x − x̄‖² over the batch. */
  fvu: number;
  /** Mean over rows of Σ[f > 0]. */
  l0: number;
  /** Mean over rows of Σf. */
  l1: number;
  /** AuxK's term of the loss, what gated's gate alone leaves unreconstructed, or jumprelu's for dead latents; 0 where there is none. */
  auxLoss: number;
  /** [nLatents], 1 where the latent fired on some row. */
  fired: Uint8Array;
  /** Where one θ serves all latents: the smallest activation above 0, which its running mean takes in; null where none fired. */
  smallestAct?: number | null;
}

/** Σ‖a_r − ā‖² over the rows of [n, d]: deviations first, since a stream's mean can dwarf its spread. */
export function sumOfSquaredDeviations(rows: tf.Tensor2D): number {
  return tf.tidy(() => kernels().sumOfSquares(tf.sub(rows, tf.mean(rows, 0))));
}

/** Column sums of [n, d] as one product with a row of ones, which is several times faster than a reduction. */
export function columnSums(matrix: tf.Tensor2D): tf.Tensor1D {
  return tf.tidy(() => tf.matMul(tf.ones<tf.Rank.R2>([1, matrix.shape[0]]), matrix).reshape([matrix.shape[1]]));
}

/** Numerator / denominator, and 0 where that is not finite: a batch without variance has nothing to explain. */
export function finiteRatio(numerator: number, denominator: number): number {
  const ratio = numerator / denominator;
  return Number.isFinite(ratio) ? ratio : 0;
}

/** input · encoderᵀ + b_enc, [nRows, nLatents]: the largest tensor of a step, of which no second one is left behind. */
export function preActivations(input: tf.Tensor2D, encoder: tf.Tensor2D, bEnc: tf.Tensor1D): tf.Tensor2D {
  return tf.tidy(() => tf.add<tf.Tensor2D>(tf.matMul(input, encoder, false, true), bEnc));
}

/** x − b_dec where the dictionary subtracts it. */
export function centred(x: tf.Tensor2D, bDec: tf.Tensor1D, applyBDecToInput: boolean): tf.Tensor2D {
  return applyBDecToInput ? tf.sub(x, bDec) : x;
}

/** Gradient of b_dec: as an output bias, and as what the encoder's input lacks. outputGradient [n, dModel]. */
export function decoderBiasGradient(
  outputGradient: tf.Tensor2D,
  bEncGradient: tf.Tensor1D,
  { encoder, applyBDecToInput }: { encoder: tf.Tensor2D; applyBDecToInput: boolean },
): tf.Tensor1D {
  return tf.tidy(() => {
    const asBias = columnSums(outputGradient);
    if (!applyBDecToInput) return asBias;
    const throughEncoder = tf.matMul(bEncGradient.reshape<tf.Tensor2D>([1, -1]), encoder).reshape<tf.Tensor1D>([-1]);
    return tf.sub<tf.Tensor1D>(asBias, throughEncoder);
  });
}
