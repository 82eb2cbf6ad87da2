import { Rng } from './rng.ts';

/** Directions of rows drawn without replacement (over again, where there are fewer rows than directions), [n, dModel] of unit rows; zeros
 *  for a row of length 0. rows: [m, dModel], as the encoder sees them. */
export function dataPointDirections(rows: Float32Array, dModel: number, n: number, seed: number): Float32Array {
  const order = Rng.fromSeed(seed, 'data-point-start').shuffle(
    Int32Array.from({ length: rows.length / dModel }, (_, r) => r),
  );
  const directions = new Float32Array(n * dModel);
  for (let i = 0; i < n; i++) {
    const row = rows.subarray(order[i % order.length] * dModel, (order[i % order.length] + 1) * dModel);
    const norm = Math.hypot(...row);
    for (let d = 0; d < dModel; d++) directions[i * dModel + d] = norm > 0 ? row[d] / norm : 0;
  }
  return directions;
}
