import { randomDirections } from '../random-directions.ts';
import { Rng } from '../rng.ts';
import { SparseAutoencoder } from '../sparse-autoencoder.ts';
import { bestGain } from './best-gain.ts';
import type { FittedDictionary } from './fitted-dictionary.ts';
import { poleDictionary } from './pole-dictionary.ts';

/** A control: directions drawn blindly, around the mean of the activations, with the one gain that serves these rows best. Without
 *  it, directions that overlap add up to many times the activation, and any dictionary would look good beside them.
 *  rows: [n, dModel], n ≥ 1; centre: [dModel]. */
export function randomDirectionDictionary({
  nDirections,
  seed,
  k,
  centre,
  rows,
}: {
  nDirections: number;
  seed: number;
  k?: number;
  centre: Float32Array;
  rows: Float32Array;
}): { fitted: FittedDictionary; gain: number } {
  const dModel = centre.length;
  const directions = randomDirections(nDirections, dModel, Rng.fromSeed(seed, 'random-directions'));
  const scaledBy = (gain: number) =>
    poleDictionary({
      ...{ dModel, decoder: directions, centre, k, poles: 'positive' },
      encoder: directions.map((value) => gain * value),
    });
  const { config, weights } = scaledBy(1);
  const sae = new SparseAutoencoder(config, weights);
  const gain = bestGain(rows, sae.reconstruct(rows, rows.length / dModel), centre);
  sae.dispose();
  return { fitted: scaledBy(gain), gain };
}
