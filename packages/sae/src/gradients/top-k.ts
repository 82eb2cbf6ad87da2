import { type CsrMatrix, gatherValues, kernels, stackRows, tf, transposeCsr } from '@featurescope/tensor';
import type { SaeConfig } from '../config.ts';
import { type AuxKConfig, auxK, hasAuxK } from './aux-k.ts';
import {
  type BatchOutcome,
  centred,
  decoderBiasGradient,
  finiteRatio,
  type ParameterTensors,
  preActivations,
  sumOfSquaredDeviations,
} from './batch-outcome.ts';

/** Of fewer rows than this the product costs less than reading the encoder again. */
const MIN_BLOCK_ROWS = 256;

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
  const norms = config.decoder === 'free' ? (tf.norm(decoder, 2, 1) as tf.Tensor1D) : null;
  const { kept, deadPreActs } = encodeInBlocks({ input, encoder, bEnc, norms }, config.k ?? 0, {
    deadLatents: hasAuxK(deadLatents, config) ? deadLatents : null,
  });
  const { decodeActs, acts } = rectify(kept, norms);

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
  const aux = deadPreActs ? auxK({ input, preActs: deadPreActs, error, norms, parameters, deadLatents }, config) : null;
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

interface EncoderInput {
  /** [nRows, dModel] */
  input: tf.Tensor2D;
  encoder: tf.Tensor2D;
  bEnc: tf.Tensor1D;
  /** ‖d‖ where selection is by pre·‖d‖. */
  norms: tf.Tensor1D | null;
}

/** The k largest pre-activations of each row (times ‖d‖ where norms are given), and the raw ones of the dead latents, [nRows, nDead].
 *  A few rows at a time: the pre-activations of a whole batch are as large as the weights, and only these are used again. */
function encodeInBlocks(
  { input, encoder, bEnc, norms }: EncoderInput,
  k: number,
  { deadLatents }: { deadLatents: Int32Array | null },
): { kept: CsrMatrix; deadPreActs: tf.Tensor2D | null } {
  const [nRows, dModel] = input.shape;
  const dead = deadLatents && tf.tensor1d(deadLatents, 'int32');
  const mostRows = Math.max(MIN_BLOCK_ROWS, kernels().blockValues / encoder.shape[0]);
  const blockRows = Math.ceil(nRows / Math.ceil(nRows / mostRows));
  const kept: CsrMatrix[] = [];
  const deadBlocks: tf.Tensor2D[] = [];
  for (let start = 0; start < nRows; start += blockRows) {
    const n = Math.min(blockRows, nRows - start);
    tf.tidy(() => {
      const rows = n === nRows ? input : tf.slice(input, [start, 0], [n, dModel]);
      const preActs = preActivations(rows, encoder, bEnc);
      kept.push(kernels().topK(norms ? tf.mul<tf.Tensor2D>(preActs, norms) : preActs, k));
      if (dead) deadBlocks.push(tf.keep(tf.gather(preActs, dead, 1)));
    });
  }
  const deadPreActs = dead && tf.concat2d(deadBlocks, 0);
  tf.dispose(deadBlocks);
  return { kept: stackRows(kept), deadPreActs };
}

/** The kept entries: `acts` are f, `decodeActs` what enters decode (f, or f/‖d‖ when norms are given). */
function rectify(kept: CsrMatrix, norms: tf.Tensor1D | null): { acts: CsrMatrix; decodeActs: CsrMatrix } {
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
