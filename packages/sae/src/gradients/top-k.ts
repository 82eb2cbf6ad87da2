import { type CsrMatrix, gatherValues, kernels, tf, transposeCsr } from '@featurescope/tensor';
import type { SaeConfig } from '../config.ts';
import { type AuxKConfig, auxK } from './aux-k.ts';
import {
  type BatchOutcome,
  centred,
  decoderBiasGradient,
  finiteRatio,
  type ParameterTensors,
  sumOfSquaredDeviations,
} from './batch-outcome.ts';

export interface TopKConfig extends SaeConfig, AuxKConfig {}

/** TopK with AuxK (Gao 2024): losses and hand-derived gradients of one batch, sparse throughout.
 *  x: [nRows, dModel], scaled. deadLatents: ascending indices of the latents that AuxK may use.
 *  f = ReLU of the k largest pre-activations of a row (decoder free: the largest of pre·‖d‖; f/‖d‖ enters decode, which is
 *  again the pre-activation). loss = Σe²/Σ‖x − x̄‖² (`variance`) or mean over rows of Σe² (`none`), + AuxK. With G = ∂loss/∂x̂
 *  and Δ = G W_decᵀ on the entries with f > 0, gradients are as in `standardBatch`. */
export function topKBatch(
  x: tf.Tensor2D,
  parameters: ParameterTensors,
  { config, deadLatents }: { config: TopKConfig; deadLatents: Int32Array },
): BatchOutcome {
  const nRows = x.shape[0];
  const { encoder, decoder, bEnc, bDec } = parameters;
  const input = centred(x, bDec, config.applyBDecToInput);
  const preActs = tf.add<tf.Tensor2D>(tf.matMul(input, encoder, false, true), bEnc);
  const norms = config.decoder === 'free' ? (tf.norm(decoder, 2, 1) as tf.Tensor1D) : null;
  const { decodeActs, acts } = selectTopK(preActs, config.k ?? 0, norms);

  const error = tf.sub<tf.Tensor2D>(tf.add(kernels().sparseDenseMatMul(decodeActs, decoder), bDec), x);
  const squaredError = kernels().sumOfSquares(error);
  const variance = sumOfSquaredDeviations(x);
  const lossScale = config.lossNormalization === 'variance' ? finiteRatio(1, variance) : 1 / nRows;
  const outputGradient = tf.mul<tf.Tensor2D>(error, 2 * lossScale);

  const { transposed, from } = transposeCsr(decodeActs);
  const actsGradient = kernels().sampledMatMul(outputGradient, decoder, decodeActs);
  for (let e = 0; e < actsGradient.length; e++) if (decodeActs.values[e] <= 0) actsGradient[e] = 0;
  const preGradient = { ...transposed, values: gatherValues(actsGradient, from) };
  const main: ParameterTensors = {
    encoder: kernels().sparseDenseMatMul(preGradient, input),
    decoder: kernels().sparseDenseMatMul(transposed, outputGradient),
    bEnc: tf.tensor1d(rowSums(preGradient)),
    bDec: tf.zeros([config.dModel]),
  };
  const aux = auxK({ input, preActs, error, norms, parameters, deadLatents }, config);
  const [encoderGradient, decoderGradient, bEncGradient] = aux
    ? [tf.add(main.encoder, aux.encoder), tf.add(main.decoder, aux.decoder), tf.add(main.bEnc, aux.bEnc)]
    : [main.encoder, main.decoder, main.bEnc];
  const bias = { encoder, applyBDecToInput: config.applyBDecToInput };
  return {
    gradients: {
      encoder: encoderGradient as tf.Tensor2D,
      decoder: decoderGradient as tf.Tensor2D,
      bEnc: bEncGradient as tf.Tensor1D,
      bDec: decoderBiasGradient(outputGradient, bEncGradient as tf.Tensor1D, bias),
    },
    loss: squaredError * lossScale + (aux?.loss ?? 0),
    mse: squaredError / nRows,
    fvu: finiteRatio(squaredError, variance),
    ...firingStatistics(acts),
    auxLoss: aux?.loss ?? 0,
  };
}

/** The kept entries: `acts` are f, `decodeActs` what enters decode (f, or f/‖d‖ when norms are given). */
function selectTopK(
  preActs: tf.Tensor2D,
  k: number,
  norms: tf.Tensor1D | null,
): { acts: CsrMatrix; decodeActs: CsrMatrix } {
  const kept = kernels().topK(norms ? tf.mul(preActs, norms) : preActs, k);
  // Math.max lets NaN through, so that divergence is seen.
  const acts = { ...kept, values: kept.values.map((value) => Math.max(0, value)) };
  if (!norms) return { acts, decodeActs: acts };
  const normValues = norms.dataSync();
  const unscaled = acts.values.map((value, e) =>
    normValues[acts.columns[e]] > 0 ? value / normValues[acts.columns[e]] : 0,
  );
  return { acts, decodeActs: { ...acts, values: unscaled } };
}

function rowSums({ nRows, rowOffsets, values }: CsrMatrix): Float32Array {
  const sums = new Float32Array(nRows);
  for (let r = 0; r < nRows; r++) {
    let sum = 0;
    for (let e = rowOffsets[r]; e < rowOffsets[r + 1]; e++) sum += values[e];
    sums[r] = sum;
  }
  return sums;
}

function firingStatistics(acts: CsrMatrix): Pick<BatchOutcome, 'l0' | 'l1' | 'fired'> {
  const fired = new Uint8Array(acts.nColumns);
  let nFirings = 0;
  let sum = 0;
  for (let e = 0; e < acts.columns.length; e++) {
    if (!(acts.values[e] > 0)) continue;
    fired[acts.columns[e]] = 1;
    nFirings++;
    sum += acts.values[e];
  }
  return { l0: nFirings / acts.nRows, l1: sum / acts.nRows, fired };
}
