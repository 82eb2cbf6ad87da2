import type { Rng } from './rng.ts';
import type { TrainingConfig } from './training-config.ts';

/** Decoder rows of uniformly random direction and norm `decoderInitNorm`, [nLatents, dModel]; the encoder starts as the same rows. */
export function randomDecoderRows({ nLatents, dModel, decoderInitNorm }: TrainingConfig, rng: Rng): Float32Array {
  const rows = new Float32Array(nLatents * dModel);
  for (let i = 0; i < nLatents; i++) {
    const row = Float64Array.from({ length: dModel }, () => rng.normal());
    const norm = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    for (let j = 0; j < dModel; j++) rows[i * dModel + j] = (row[j] / norm) * decoderInitNorm;
  }
  return rows;
}

/** √dModel / E‖x‖: scales rows to an average norm of √dModel (SAELens' `expected_average_only_in`). 1 when every row is zero. */
export function expectedAverageScale(rows: Float32Array, dModel: number): number {
  const nRows = rows.length / dModel;
  let sum = 0;
  for (let r = 0; r < nRows; r++) {
    let square = 0;
    for (let j = 0; j < dModel; j++) square += rows[r * dModel + j] ** 2;
    sum += Math.sqrt(square);
  }
  return sum > 0 ? Math.sqrt(dModel) / (sum / nRows) : 1;
}
