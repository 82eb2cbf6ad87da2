import type { PerParameter } from '../parameters.ts';
import type { TrainingConfig } from '../training-config.ts';

export type PlainParameters = PerParameter<Float64Array>;

export interface ReferenceBatch {
  /** [nRows, dModel] */
  x: Float64Array;
  deadLatents: number[];
  /** λ of this step. */
  sparsityCoefficient: number;
}

/** What a definition holds constant in its gradient: AuxK's target, and what a frozen decoder of gated's gate was. */
interface Constants {
  residual: Float64Array;
  decoder: Float64Array;
  bDec: Float64Array;
}

/** The loss of one batch written straight from its definition: dense loops in float64, no gradient, no shared code.
 *  `constants` are the values here, unless others are given. */
export function referenceLoss(
  parameters: PlainParameters,
  { x, deadLatents, sparsityCoefficient }: ReferenceBatch,
  { config, constants }: { config: TrainingConfig; constants?: Constants },
): { loss: number; auxLoss: number; constants: Constants } {
  const { dModel, nLatents, architecture, nLatents: all } = config;
  const rows = split(x, dModel);
  const directions = split(parameters.decoder, dModel);
  const norms = directions.map((direction) => (config.decoder === 'free' ? Math.hypot(...direction) : 1));
  const pre = rows.map((row) => preActs(row, parameters, config));
  const acts = activations(pre, norms, { parameters, config });
  const decode = (f: number[], width: number, { decoder, bDec } = parameters) => {
    const output = Array.from(bDec);
    for (let i = 0; i < width; i++) for (let j = 0; j < dModel; j++) output[j] += f[i] * decoder[i * dModel + j];
    return output;
  };
  const errorsOf = (outputs: number[][]) => outputs.map((output, r) => output.map((value, j) => value - rows[r][j]));
  const isNormalised = config.lossNormalization === 'variance';
  const scale = isNormalised ? 1 / deviations(rows) : 1 / rows.length;

  let main = 0;
  for (const width of config.prefixes ?? [all]) main += scale * squares(errorsOf(acts.map((f) => decode(f, width))));
  const errors = errorsOf(acts.map((f) => decode(f, all)));
  const residual = Float64Array.from(errors.flat(), (value) => -value);
  const { decoder, bDec } = parameters;
  const own: Constants = { residual, decoder, bDec };
  const held = constants ?? own;

  const sizes = (f: number[]) => sum(f.map((value, i) => value * norms[i]));
  let penalty = 0;
  let auxLoss = 0;
  if (architecture === 'standard') penalty = mean(acts.map(sizes));
  if (architecture === 'jumprelu') {
    const open = pre.map((row) => row.filter((value, i) => value > (parameters.threshold as Float64Array)[i]).length);
    const target = config.targetL0 ?? 1;
    if (config.sparsityLoss === 'step') penalty = mean(open);
    if (config.sparsityLoss === 'quadratic') penalty = mean(open.map((l0) => (2 / target) * (l0 - target) ** 2));
    if (config.sparsityLoss === 'tanh')
      penalty = mean(acts.map((f) => sum(f.map((value, i) => Math.tanh(4 * value * norms[i])))));
    const missing = (row: number[]) =>
      sum(deadLatents.map((i) => Math.max(0, (parameters.threshold as Float64Array)[i] - row[i]) * norms[i]));
    auxLoss = (config.preActCoefficient ?? 0) * mean(pre.map(missing));
  }
  if (architecture === 'gated') {
    const opened = pre.map((row) => row.map((value) => Math.max(0, value)));
    penalty = mean(opened.map(sizes));
    const own = config.gateDecoder === 'shared' ? parameters : { ...parameters, ...held };
    auxLoss = squares(errorsOf(opened.map((f) => decode(f, all, own)))) / rows.length;
  }
  if (deadLatents.length > 0 && config.auxKCoefficient > 0) {
    const half = Math.floor(dModel / 2);
    const target = split(held.residual, dModel);
    const error = pre.map((values, r) => {
      const key = values.map((value, i) => value * norms[i]);
      const kept = new Set(largest(deadLatents, key, Math.min(half, deadLatents.length)));
      const output = decode(
        values.map((value, i) => (kept.has(i) ? value : 0)),
        nLatents,
      );
      return output.map((value, j) => value - parameters.bDec[j] - target[r][j]);
    });
    const weight = isNormalised ? 1 / deviations(target) : Math.min(deadLatents.length / half, 1) / rows.length;
    auxLoss = config.auxKCoefficient * weight * squares(error);
  }
  return { loss: main + sparsityCoefficient * penalty + auxLoss, auxLoss, constants: own };
}

/** Central differences of `referenceLoss`, with its constants held at their values here. */
export function finiteDifferences(
  parameters: PlainParameters,
  batch: ReferenceBatch,
  config: TrainingConfig,
): PlainParameters {
  const { constants } = referenceLoss(parameters, batch, { config });
  const step = 1e-6;
  const differences = Object.entries(parameters).map(([name, values]) => {
    const moved = (at: number, by: number) => {
      const copy = values.slice();
      copy[at] += by;
      return referenceLoss({ ...parameters, [name]: copy }, batch, { config, constants }).loss;
    };
    return [name, values.map((_, at) => (moved(at, step) - moved(at, -step)) / (2 * step))];
  });
  return Object.fromEntries(differences) as PlainParameters;
}

function preActs(row: number[], { encoder, bEnc, bDec }: PlainParameters, config: TrainingConfig): number[] {
  const { dModel } = config;
  const input = row.map((value, j) => value - (config.applyBDecToInput ? bDec[j] : 0));
  return Array.from(bEnc, (bias, i) => bias + sum(input.map((value, j) => value * encoder[i * dModel + j])));
}

/** f of every row, [nRows][nLatents]. */
function activations(
  pre: number[][],
  norms: number[],
  { parameters, config }: { parameters: PlainParameters; config: TrainingConfig },
): number[][] {
  const { bEnc, threshold, rMag, bMag } = parameters;
  const { architecture, k = 0 } = config;
  const rectified = pre.map((row) => row.map((value) => Math.max(0, value)));
  const keys = pre.map((row) => row.map((value, i) => value * norms[i]));
  switch (architecture) {
    case 'standard':
      return rectified;
    case 'jumprelu':
      return pre.map((row) => row.map((value, i) => (value > (threshold as Float64Array)[i] ? value : 0)));
    case 'gated':
      return pre.map((row) =>
        row.map((value, i) => {
          const size = Math.exp((rMag as Float64Array)[i]) * (value - bEnc[i]) + (bMag as Float64Array)[i];
          return value > 0 ? Math.max(0, size) : 0;
        }),
      );
    case 'topk':
      return rectified.map((row, r) => {
        const kept = new Set(largest([...row.keys()], keys[r], k));
        return row.map((value, i) => (kept.has(i) ? value : 0));
      });
    default: {
      const width = config.nLatents;
      const flat = keys.flat();
      const kept = new Set(largest([...flat.keys()], flat, Math.floor(k * pre.length)));
      return rectified.map((row, r) => row.map((value, i) => (kept.has(r * width + i) ? value : 0)));
    }
  }
}

function split(matrix: Float64Array, width: number): number[][] {
  return Array.from({ length: matrix.length / width }, (_, r) =>
    Array.from(matrix.subarray(r * width, (r + 1) * width)),
  );
}

/** Of `candidates`, the n with the largest key; ties keep the lower index. */
function largest(candidates: number[], key: number[], n: number): number[] {
  return [...candidates].sort((a, b) => key[b] - key[a] || a - b).slice(0, n);
}

function deviations(rows: number[][]): number {
  const means = rows[0].map((_, j) => mean(rows.map((row) => row[j])));
  return squares(rows.map((row) => row.map((value, j) => value - means[j])));
}

function squares(rows: number[][]): number {
  return sum(rows.flat().map((value) => value * value));
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: number[]): number {
  return sum(values) / values.length;
}
