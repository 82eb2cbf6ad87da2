import { moveRows } from '../steering/move-rows.ts';
import { type CausalSubject, type ContextReading, crossEntropyFrom, takeRows } from './context-reading.ts';

/** The rows of a context after x ← x − a·d at every usable position: the feature is off, and whatever else is in x stays, the
 *  dictionary's error included (algorithms.md §7, clamp to 0). activations: [places.length]. direction: unit vector, [width]; another
 *  than the feature's own makes the same push elsewhere. Where a is 0 rows keep their bits. */
export function rowsClampedToZero(
  { rows, places, width, scales }: ContextReading,
  { activations, direction }: { activations: Float32Array; direction: Float32Array },
): Float32Array {
  const moved = takeRows(rows, places, width);
  const moves = Float64Array.from(activations, (activation) => (activation === 0 ? 0 : -activation));
  moveRows(moved, moves, { directions: direction, width, scales });
  const result = rows.slice();
  places.forEach((place, j) => {
    result.set(moved.subarray(j * width, (j + 1) * width), place * width);
  });
  return result;
}

/** Cross-entropy with the feature off less cross-entropy as it is, at each position: [length], nats, NaN where there is no next
 *  token. One pass from the hook on. */
export async function clampEffect(
  subject: CausalSubject,
  reading: ContextReading,
  clamp: { activations: Float32Array; direction: Float32Array },
): Promise<Float32Array> {
  const changed = await crossEntropyFrom(subject, reading.batch, rowsClampedToZero(reading, clamp));
  return changed.map((value, position) => value - reading.crossEntropy[position]);
}

/** The unit vector of a latent's decoder row; zeros for a row of zeros. */
export function directionOf({ sae }: CausalSubject, latent: number): Float32Array {
  const { dOut } = sae;
  const norm = sae.decoderNorms[latent];
  return sae.weights.wDec.slice(latent * dOut, (latent + 1) * dOut).map((value) => (norm > 0 ? value / norm : 0));
}
