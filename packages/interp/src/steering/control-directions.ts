import { Rng } from '@featurescope/sae';
import { unitRows } from '../evidence/unit-rows.ts';

/** Random unit vectors, uniform on the sphere, [count, dModel]: what a control writes in place of the features. */
export function controlDirections(count: number, dModel: number, seed: number): Float32Array {
  const rng = Rng.fromSeed(seed, 'steering-control');
  return unitRows(
    Float32Array.from({ length: count * dModel }, () => rng.normal()),
    dModel,
  );
}
