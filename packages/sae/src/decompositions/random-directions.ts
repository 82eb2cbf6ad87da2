import { SaeConfigError } from '../errors.ts';
import { Rng } from '../rng.ts';

/** nDirections unit vectors, uniform on the sphere: [nDirections, dModel]. Throws SaeConfigError for sizes that are not positive. */
export function randomDirections(nDirections: number, dModel: number, seed: number): Float32Array {
  for (const [name, value] of Object.entries({ nDirections, dModel }))
    if (!Number.isInteger(value) || value < 1)
      throw new SaeConfigError(`${name} must be a positive integer, but is ${value}`);
  const rng = Rng.fromSeed(seed, 'random-directions');
  const rows = new Float32Array(nDirections * dModel);
  for (let i = 0; i < nDirections; i++) {
    const row = Float64Array.from({ length: dModel }, () => rng.normal());
    const norm = Math.hypot(...row) || 1;
    for (let j = 0; j < dModel; j++) rows[i * dModel + j] = row[j] / norm;
  }
  return rows;
}

/** The identity, [dModel, dModel]: latents that are the model's own dimensions. */
export function neuronDirections(dModel: number): Float32Array {
  const rows = new Float32Array(dModel * dModel);
  for (let i = 0; i < dModel; i++) rows[i * dModel + i] = 1;
  return rows;
}
