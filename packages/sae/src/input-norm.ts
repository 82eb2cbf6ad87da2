import { ShapeError } from '@featurescope/tensor';
import type { InputNorm } from './inference-config.ts';

/** SAELens' ε, added to the standard deviation when dividing and left out when multiplying back. */
const LAYER_NORM_EPSILON = 1e-5;

/** Rows as the encoder wants them; `rows` is not changed. rows: [nRows, dModel], dModel ≥ 2 for layerNorm.
 *  constantNorm: x · √dModel / ‖x‖. layerNorm: (x − μ) / (σ + 1e-5) with the unbiased σ. Source: SAELens 6.54.12. */
export function normalizeRows(rows: Float32Array, dModel: number, norm: InputNorm): Float32Array {
  if (norm === 'none') return rows;
  return mapRows(rows, rows, dModel, (row) => {
    if (norm === 'constantNorm') return { factor: Math.sqrt(dModel) / rowNorm(row), shift: 0 };
    const { mean, deviation } = moments(row);
    return { factor: 1 / (deviation + LAYER_NORM_EPSILON), shift: -mean / (deviation + LAYER_NORM_EPSILON) };
  });
}

/** Decoded rows in the units of the rows they came from. decoded: [nRows, dModel]. inputs: the rows that were encoded; needed
 *  unless norm is none. Throws ShapeError when they are missing or have another size. */
export function denormalizeRows(
  decoded: Float32Array,
  inputs: Float32Array | undefined,
  { dModel, norm }: { dModel: number; norm: InputNorm },
): Float32Array {
  if (norm === 'none') return decoded;
  if (inputs === undefined)
    throw new ShapeError(
      `This dictionary normalises its input (${norm}): decode needs the rows that were encoded to undo that`,
    );
  if (inputs.length !== decoded.length)
    throw new ShapeError(`${decoded.length} values were decoded, but the rows encoded have ${inputs.length}`);
  return mapRows(decoded, inputs, dModel, (row) => {
    if (norm === 'constantNorm') return { factor: rowNorm(row) / Math.sqrt(dModel), shift: 0 };
    const { mean, deviation } = moments(row);
    return { factor: deviation, shift: mean };
  });
}

/** value · factor + shift, with the factor and shift of the measured row. */
function mapRows(
  values: Float32Array,
  measured: Float32Array,
  dModel: number,
  coefficientsOf: (row: Float32Array) => { factor: number; shift: number },
): Float32Array {
  const mapped = new Float32Array(values.length);
  for (let start = 0; start < values.length; start += dModel) {
    const { factor, shift } = coefficientsOf(measured.subarray(start, start + dModel));
    for (let at = start; at < start + dModel; at++) mapped[at] = values[at] * factor + shift;
  }
  return mapped;
}

function rowNorm(row: Float32Array): number {
  let square = 0;
  for (const value of row) square += value * value;
  return Math.sqrt(square);
}

function moments(row: Float32Array): { mean: number; deviation: number } {
  let sum = 0;
  for (const value of row) sum += value;
  const mean = sum / row.length;
  let square = 0;
  for (const value of row) square += (value - mean) ** 2;
  return { mean, deviation: Math.sqrt(square / (row.length - 1)) };
}
