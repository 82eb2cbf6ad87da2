import { Rng } from '@featurescope/sae';

/** A dictionary that found nothing: directions drawn uniformly from the sphere. [nRows, width], not normalised, for cosines do not
 *  ask for it. The same seed gives the same rows. */
export function randomDirections(nRows: number, width: number, seed: number): Float32Array {
  const rng = Rng.fromSeed(seed, 'random-directions');
  return Float32Array.from({ length: nRows * width }, () => rng.normal());
}
