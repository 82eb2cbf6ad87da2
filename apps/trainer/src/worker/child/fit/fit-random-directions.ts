import { RowMoments, randomDirectionDictionary } from '@featurescope/sae';
import type { FitParts, Fitted, RequestOf } from './fit-decomposition.ts';

/** Rows behind the one number that is fitted beside the mean. */
const gainRows = 8192;

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
  const { nDirections, seed, k } = request;
  const { fitted, gain } = randomDirectionDictionary({ nDirections, seed, k, centre, rows: kept });
  return { fitted, result: { kind: 'random', nRows: moments.nRows, gain } };
}
