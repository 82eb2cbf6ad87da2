import { SaeConfigError } from './errors.ts';
import type { Rng } from './rng.ts';

/** n unit vectors of uniformly random direction, [n, dModel]. Throws SaeConfigError for sizes that are not positive integers. */
export function randomDirections(n: number, dModel: number, rng: Rng): Float32Array {
  for (const [name, value] of Object.entries({ n, dModel }))
    if (!Number.isInteger(value) || value < 1)
      throw new SaeConfigError(`${name} must be a positive integer, but is ${value}`);
  const rows = new Float32Array(n * dModel);
  for (let start = 0; start < rows.length; start += dModel) {
    const row = Float64Array.from({ length: dModel }, () => rng.normal());
    const norm = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    for (let j = 0; j < dModel; j++) rows[start + j] = row[j] / norm;
  }
  return rows;
}
