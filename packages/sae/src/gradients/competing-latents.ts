import { type CsrMatrix, gatherValues, kernels, tf, transposeCsr } from '@featurescope/tensor';
import type { BatchContext } from '../architectures/architecture.ts';
import type { ParameterTensors } from '../parameters.ts';
import { auxK, hasAuxK } from './aux-k.ts';
import {
  type BatchOutcome,
  centred,
  decoderBiasGradient,
  finiteRatio,
  sumOfSquaredDeviations,
} from './batch-outcome.ts';
import { levelsOf, splitLevels, sumsFromLevel, sumsToLevel } from './nested-levels.ts';
import { type SelectionScope, selectInBlocks } from './selection.ts';

interface CompetingContext extends BatchContext, SelectionScope {
  /** Widths of the nested dictionaries, ascending; the last is nLatents. One where nothing is nested. */
  prefixes: number[];
}

/** Architectures whose latents compete for places, with AuxK: losses and hand-derived gradients of one batch, sparse throughout.
 *  f = ReLU of the selected pre-activations (decoder free: selected by pre·‖d‖; f/‖d‖ enters decode, which is again the
 *  pre-activation). x̂_m decodes the latents below prefix m. loss = Σ_m Σe_m², over Σ‖x − x̄‖² (`variance`) or as a mean over rows
 *  (`none`), + AuxK for e of the full width. With G_m = ∂loss/∂x̂_m and S_l = Σ_{m ≥ l} G_m, a latent of level l (in prefix l and
 *  not in l − 1) sees S_l: ∂f = S_l·d on entries with f > 0, and gradients otherwise as in `standard`.
 *  The levels lie below one another as one sparse matrix [nLevels · nRows, nLatents], so that each product runs once. */
export function competingBatch(
  x: tf.Tensor2D,
  parameters: ParameterTensors,
  { config, deadLatents, wantsProjected = false, within, prefixes }: CompetingContext,
): BatchOutcome {
  const nRows = x.shape[0];
  const { encoder, decoder, bEnc, bDec } = parameters;
  const input = centred(x, bDec, config.applyBDecToInput);
  const norms = config.decoder === 'free' ? (tf.norm(decoder, 2, 1) as tf.Tensor1D) : null;
  const { kept, deadPreActs } = selectInBlocks({ input, encoder, bEnc, norms }, config.k ?? 0, {
    within,
    deadLatents: hasAuxK(deadLatents, config) ? deadLatents : null,
  });
  const { decodeActs, acts } = rectify(kept, norms);

  const stacked = splitLevels(decodeActs, prefixes);
  const errors = tf.tidy(() => {
    const decoded = sumsToLevel(kernels().sparseDenseMatMul(stacked, decoder), prefixes.length);
    return tf.sub<tf.Tensor2D>(tf.add(decoded, bDec), levelsOf(x, prefixes.length));
  });
  const error = prefixes.length === 1 ? errors : tf.slice(errors, [errors.shape[0] - nRows, 0], [nRows, config.dModel]);
  const squaredError = kernels().sumOfSquares(error);
  const variance = sumOfSquaredDeviations(x);
  const lossScale = config.lossNormalization === 'variance' ? finiteRatio(1, variance) : 1 / nRows;
  const outputGradient = tf.mul<tf.Tensor2D>(errors, 2 * lossScale);
  const seen = sumsFromLevel(outputGradient, prefixes.length);

  const { transposed, from } = transposeCsr(stacked);
  const actsGradient = kernels().sampledMatMul(seen, decoder, stacked);
  const isProjected = wantsProjected && !norms;
  const decoderGradient = isProjected
    ? projectedDecoderGradient({ transposed, seen, decoder }, gatherValues(actsGradient, from))
    : kernels().sparseDenseMatMul(transposed, seen);
  for (let e = 0; e < actsGradient.length; e++) if (stacked.values[e] <= 0) actsGradient[e] = 0;
  const preGradient: CsrMatrix = {
    ...transposed,
    nColumns: nRows,
    columns: prefixes.length === 1 ? transposed.columns : transposed.columns.map((column) => column % nRows),
    values: gatherValues(actsGradient, from),
  };
  const encoderGradient = kernels().sparseDenseMatMul(preGradient, input);
  const bEncGradient = tf.tensor1d(rowSums(preGradient));
  const aux = deadPreActs
    ? auxK({ input, preActs: deadPreActs, error, norms, parameters, deadLatents, isProjected }, config)
    : null;
  const allBEnc = aux ? tf.add<tf.Tensor1D>(bEncGradient, aux.bEnc) : bEncGradient;
  const bias = { encoder, applyBDecToInput: config.applyBDecToInput };
  const mainLoss = prefixes.length === 1 ? squaredError : kernels().sumOfSquares(errors);
  return {
    gradients: {
      encoder: aux ? tf.add<tf.Tensor2D>(encoderGradient, aux.encoder) : encoderGradient,
      decoder: aux ? tf.add<tf.Tensor2D>(decoderGradient, aux.decoder) : decoderGradient,
      bEnc: allBEnc,
      bDec: decoderBiasGradient(outputGradient, allBEnc, bias),
    },
    isProjected,
    loss: mainLoss * lossScale + (aux?.loss ?? 0),
    mse: squaredError / nRows,
    fvu: finiteRatio(squaredError, variance),
    ...firingStatistics(acts),
    auxLoss: aux?.loss ?? 0,
  };
}

/** ∂d_i − (∂d_i·d_i) d_i for unit rows d_i, as one sparse product. ∂d_i = Σ_r f_ri S_r, so that ∂d_i·d_i = Σ_r f_ri (S_r·d_i): sums of
 *  what the activations' gradient holds already, `seenAlong`, by entry of `transposed`. A projection afterwards reads and writes the
 *  gradient several times over. */
function projectedDecoderGradient(
  { transposed, seen, decoder }: { transposed: CsrMatrix; seen: tf.Tensor2D; decoder: tf.Tensor2D },
  seenAlong: Float32Array,
): tf.Tensor2D {
  const { nRows: nLatents, nColumns, rowOffsets, columns, values } = transposed;
  const extended: CsrMatrix = {
    nRows: nLatents,
    nColumns: nColumns + nLatents,
    rowOffsets: rowOffsets.map((offset, latent) => offset + latent),
    columns: new Int32Array(columns.length + nLatents),
    values: new Float32Array(columns.length + nLatents),
  };
  for (let latent = 0, at = 0; latent < nLatents; latent++) {
    let along = 0;
    for (let e = rowOffsets[latent]; e < rowOffsets[latent + 1]; e++) {
      extended.columns[at] = columns[e];
      extended.values[at++] = values[e];
      along += values[e] * seenAlong[e];
    }
    extended.columns[at] = nColumns + latent;
    extended.values[at++] = -along;
  }
  const rows = tf.concat2d([seen, decoder], 0);
  const gradient = kernels().sparseDenseMatMul(extended, rows);
  rows.dispose();
  return gradient;
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

function firingStatistics(acts: CsrMatrix): Pick<BatchOutcome, 'l0' | 'l1' | 'fired' | 'smallestAct'> {
  const fired = new Uint8Array(acts.nColumns);
  let nFirings = 0;
  let sum = 0;
  let smallest = Number.POSITIVE_INFINITY;
  for (let e = 0; e < acts.columns.length; e++) {
    const value = acts.values[e];
    if (!(value > 0)) continue;
    fired[acts.columns[e]] = 1;
    nFirings++;
    sum += value;
    if (value < smallest) smallest = value;
  }
  return { l0: nFirings / acts.nRows, l1: sum / acts.nRows, fired, smallestAct: nFirings > 0 ? smallest : null };
}
