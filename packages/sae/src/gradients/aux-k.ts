import { type CsrMatrix, gatherValues, kernels, tf, transposeCsr } from '@featurescope/tensor';
import { projectOffRows } from '../decoder-constraint.ts';
import type { ParameterTensors } from '../parameters.ts';
import { finiteRatio, sumOfSquaredDeviations } from './batch-outcome.ts';

export interface AuxKConfig {
  dModel: number;
  auxKCoefficient: number;
  lossNormalization: 'none' | 'variance';
}

interface AuxKInput {
  /** [nRows, dModel], what the encoder sees. */
  input: tf.Tensor2D;
  /** [nRows, nDead], of the dead latents. */
  preActs: tf.Tensor2D;
  /** x̂ − x, [nRows, dModel] */
  error: tf.Tensor2D;
  /** ‖d‖ where selection is by pre·‖d‖. */
  norms: tf.Tensor1D | null;
  parameters: ParameterTensors;
  deadLatents: Int32Array;
  /** Whether the decoder's gradient is wanted without its parts along the decoder's rows. */
  isProjected: boolean;
}

interface AuxKOutcome {
  /** The term of the loss, coefficient included. */
  loss: number;
  /** Full-sized gradients, zero on living latents. There is no b_dec here: r̂ has no bias. */
  encoder: tf.Tensor2D;
  decoder: tf.Tensor2D;
  bEnc: tf.Tensor1D;
}

/** Whether there is such a term: no latent is dead at first, and it may have no weight. */
export function hasAuxK(deadLatents: Int32Array, { dModel, auxKCoefficient }: AuxKConfig): boolean {
  return auxKCoefficient !== 0 && Math.min(Math.floor(dModel / 2), deadLatents.length) > 0;
}

/** AuxK (Gao 2024, §A.2): the dead latents reconstruct what the living ones left, r = x − x̂ taken as a constant.
 *  r̂ = the kAux = min(⌊dModel/2⌋, nDead) largest raw pre-activations of the dead (no ReLU) · W_dec, without b_dec.
 *  `variance`: c · Σ‖r̂ − r‖² / Σ‖r − r̄‖², 0 where not finite. `none` (SAELens): c · min(nDead/⌊dModel/2⌋, 1) · mean over rows of Σ(r̂ − r)².
 *  Works on the dead rows alone, of which there is at least one. */
export function auxK(
  { input, preActs, error, norms, parameters, deadLatents, isProjected }: AuxKInput,
  config: AuxKConfig,
): AuxKOutcome {
  const nDead = deadLatents.length;
  const half = Math.floor(config.dModel / 2);
  const kAux = Math.min(half, nDead);
  const nLatents = parameters.decoder.shape[0];
  const dead = tf.tensor1d(deadLatents, 'int32');
  const decoder = tf.gather(parameters.decoder, dead);
  const acts = selectDead(preActs, kAux, norms && tf.gather(norms, dead));

  const difference = tf.add<tf.Tensor2D>(kernels().sparseDenseMatMul(acts, decoder), error);
  const lossScale =
    config.lossNormalization === 'variance'
      ? finiteRatio(config.auxKCoefficient, sumOfSquaredDeviations(error))
      : (config.auxKCoefficient * Math.min(nDead / half, 1)) / error.shape[0];
  const outputGradient = tf.mul<tf.Tensor2D>(difference, 2 * lossScale);

  const { transposed, from } = transposeCsr(acts);
  const actsGradient = kernels().sampledMatMul(outputGradient, decoder, acts);
  const preGradient = { ...transposed, values: gatherValues(actsGradient, from) };
  const toAll = placeRows(deadLatents, nLatents);
  const spread = (rows: tf.Tensor2D) => kernels().sparseDenseMatMul(toAll, rows);
  const decoderGradient = kernels().sparseDenseMatMul(transposed, outputGradient);
  const ones = tf.ones<tf.Rank.R2>([input.shape[0], 1]);
  return {
    loss: lossScale * kernels().sumOfSquares(difference),
    encoder: spread(kernels().sparseDenseMatMul(preGradient, input)),
    decoder: spread(isProjected ? projectOffRows(decoderGradient, decoder) : decoderGradient),
    bEnc: spread(kernels().sparseDenseMatMul(preGradient, ones)).reshape([nLatents]),
  };
}

/** The kAux largest entries of each row of [nRows, nDead], by value or by value·norm; values are the raw pre-activations. */
function selectDead(preActs: tf.Tensor2D, kAux: number, norms: tf.Tensor1D | null): CsrMatrix {
  if (!norms) return kernels().topK(preActs, kAux);
  const kept = kernels().topK(tf.mul(preActs, norms), kAux);
  const normValues = norms.dataSync();
  const raw = kept.values.map((value, e) =>
    normValues[kept.columns[e]] > 0 ? value / normValues[kept.columns[e]] : 0,
  );
  return { ...kept, values: raw };
}

/** [nRows, rows.length] that puts row i of its right factor at row `rows[i]`; rows ascend. */
function placeRows(rows: Int32Array, nRows: number): CsrMatrix {
  const rowOffsets = new Int32Array(nRows + 1);
  for (const row of rows) rowOffsets[row + 1] = 1;
  for (let r = 0; r < nRows; r++) rowOffsets[r + 1] += rowOffsets[r];
  const columns = Int32Array.from(rows, (_, i) => i);
  return { nRows, nColumns: rows.length, rowOffsets, columns, values: new Float32Array(rows.length).fill(1) };
}
