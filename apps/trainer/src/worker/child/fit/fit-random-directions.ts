import { bestGain, poleDictionary, Rng, RowMoments, randomDirections, SparseAutoencoder } from '@featurescope/sae';
import type { FitParts, Fitted, RequestOf } from './fit-decomposition.ts';

/** Rows behind the one number that is fitted beside the mean. */
const gainRows = 8192;

/** A control: directions drawn blindly, around the mean, with the one gain that serves them best. Without it, directions that overlap
 *  add up to many times the activation, and any dictionary would look good beside them. */
export async function fitRandomDirections({ request, rows }: FitParts<RequestOf<'random'>>): Promise<Fitted> {
  const { width: dModel } = rows;
  const moments = new RowMoments(dModel);
  const kept = new Float32Array(Math.min(gainRows, rows.nRows) * dModel);
  let filled = 0;
  for await (const batch of rows.batches()) {
    moments.add(batch);
    const taken = batch.subarray(0, kept.length - filled);
    kept.set(taken, filled);
    filled += taken.length;
  }
  const centre = Float32Array.from(moments.mean());
  const directions = randomDirections(request.nDirections, dModel, Rng.fromSeed(request.seed, 'random-directions'));
  const dictionary = (gain: number) =>
    poleDictionary({
      ...{ dModel, decoder: directions, centre, k: request.k, poles: 'positive' },
      encoder: directions.map((value) => gain * value),
    });
  const { config, weights } = dictionary(1);
  const sae = new SparseAutoencoder(config, weights);
  const gain = bestGain(kept, sae.reconstruct(kept, kept.length / dModel), centre);
  sae.dispose();
  return { fitted: dictionary(gain), result: { kind: 'random', nRows: moments.nRows, gain } };
}
