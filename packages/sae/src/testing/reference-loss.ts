import type { TrainingConfig } from '../config.ts';
import type { ParameterName } from '../gradients/batch-outcome.ts';

export type PlainParameters = Record<ParameterName, Float64Array>;

export interface ReferenceBatch {
  /** [nRows, dModel] */
  x: Float64Array;
  deadLatents: number[];
  /** λ of this step. */
  sparsityCoefficient: number;
}

/** The loss of one batch written straight from its definition: dense loops in float64, no gradient, no shared code.
 *  `residual` holds AuxK's target constant, as its definition does; without it the batch's own residual is used and returned. */
export function referenceLoss(
  parameters: PlainParameters,
  { x, deadLatents, sparsityCoefficient }: ReferenceBatch,
  { config, residual }: { config: TrainingConfig; residual?: Float64Array },
): { loss: number; auxLoss: number; residual: Float64Array } {
  const { dModel, nLatents, architecture } = config;
  const nRows = x.length / dModel;
  const norms = Array.from({ length: nLatents }, (_, i) => Math.hypot(...rowOf(parameters.decoder, i, dModel)));
  const isFree = config.decoder === 'free';
  const ownResidual = new Float64Array(x.length);
  const auxOutput = new Float64Array(x.length);
  let squaredError = 0;
  let penalty = 0;
  for (let r = 0; r < nRows; r++) {
    const row = rowOf(x, r, dModel);
    const pre = Array.from({ length: nLatents }, (_, i) => {
      const direction = rowOf(parameters.encoder, i, dModel);
      const input = row.map((value, j) => value - (config.applyBDecToInput ? parameters.bDec[j] : 0));
      return parameters.bEnc[i] + input.reduce((sum, value, j) => sum + value * direction[j], 0);
    });
    const key = pre.map((value, i) => (isFree ? value * norms[i] : value));
    const all = pre.map((_, i) => i);
    const kept = architecture === 'topk' ? largest(all, key, config.k as number) : all;
    const output = Float64Array.from(parameters.bDec);
    for (const i of kept) {
      const f = Math.max(0, pre[i]);
      penalty += f * (isFree ? norms[i] : 1);
      for (let j = 0; j < dModel; j++) output[j] += f * parameters.decoder[i * dModel + j];
    }
    for (const i of largest(deadLatents, key, Math.min(Math.floor(dModel / 2), deadLatents.length))) {
      for (let j = 0; j < dModel; j++) auxOutput[r * dModel + j] += pre[i] * parameters.decoder[i * dModel + j];
    }
    for (let j = 0; j < dModel; j++) {
      ownResidual[r * dModel + j] = row[j] - output[j];
      squaredError += (row[j] - output[j]) ** 2;
    }
  }
  const isNormalised = config.lossNormalization === 'variance';
  const main = squaredError / (isNormalised ? deviations(x, dModel) : nRows);
  if (architecture === 'standard') {
    return { loss: main + (sparsityCoefficient * penalty) / nRows, auxLoss: 0, residual: ownResidual };
  }
  const target = residual ?? ownResidual;
  const auxError = target.reduce((sum, value, at) => sum + (auxOutput[at] - value) ** 2, 0);
  const share = Math.min(deadLatents.length / Math.floor(dModel / 2), 1);
  const weight = isNormalised ? 1 / deviations(target, dModel) : share / nRows;
  const auxLoss = deadLatents.length > 0 ? config.auxKCoefficient * weight * auxError : 0;
  return { loss: main + auxLoss, auxLoss, residual: ownResidual };
}

/** Central differences of `referenceLoss`, with AuxK's target held at its value here. */
export function finiteDifferences(
  parameters: PlainParameters,
  batch: ReferenceBatch,
  config: TrainingConfig,
): PlainParameters {
  const { residual } = referenceLoss(parameters, batch, { config });
  const step = 1e-6;
  const differences = (name: ParameterName) =>
    parameters[name].map((_, at) => {
      const moved = (by: number) => {
        const copy = parameters[name].slice();
        copy[at] += by;
        return referenceLoss({ ...parameters, [name]: copy }, batch, { config, residual }).loss;
      };
      return (moved(step) - moved(-step)) / (2 * step);
    });
  return {
    encoder: differences('encoder'),
    decoder: differences('decoder'),
    bEnc: differences('bEnc'),
    bDec: differences('bDec'),
  };
}

function rowOf(matrix: Float64Array, r: number, width: number): number[] {
  return Array.from(matrix.subarray(r * width, (r + 1) * width));
}

/** Of `candidates`, the n with the largest key; ties keep the lower index. */
function largest(candidates: number[], key: number[], n: number): number[] {
  return [...candidates].sort((a, b) => key[b] - key[a] || a - b).slice(0, n);
}

function deviations(rows: Float64Array, width: number): number {
  const nRows = rows.length / width;
  let sum = 0;
  for (let j = 0; j < width; j++) {
    const column = Array.from({ length: nRows }, (_, r) => rows[r * width + j]);
    const mean = column.reduce((total, value) => total + value, 0) / nRows;
    sum += column.reduce((total, value) => total + (value - mean) ** 2, 0);
  }
  return sum;
}
