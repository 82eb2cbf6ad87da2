import { tf } from '@featurescope/tensor';
import type { PursuitConfig } from './inference-config.ts';

/** Activations [nRows, nLatents] of matching pursuit: again and again the latent that the residual points along most gets the
 *  residual's product with its direction, which is then taken off. rows: [nRows, dModel], b_dec subtracted where it is to be;
 *  not changed. wDec: [nLatents, dModel], unit rows; wEnc is its transpose. Ties take the lowest latent; a residual that points
 *  along none gives latent 0 nothing. Source: SAELens 6.54.12, matching_pursuit_sae.py. */
export function pursue(
  rows: Float32Array,
  {
    wEnc,
    wDec,
    nLatents,
    pursuit,
  }: { wEnc: tf.Tensor2D; wDec: Float32Array; nLatents: number; pursuit: PursuitConfig },
): Float32Array {
  const dModel = wDec.length / nLatents;
  const nRows = rows.length / dModel;
  const residual = rows.slice();
  const acts = new Float32Array(nRows * nLatents);
  let open = Array.from({ length: nRows }, (_, row) => row);
  for (let iteration = 0; iteration < pursuit.maxIterations && open.length > 0; iteration++) {
    const chosen = strongestLatents(residual, [nRows, dModel], wEnc);
    open = open.filter((row) => {
      const latent = chosen[row];
      const at = row * nLatents + latent;
      const hadLatent = acts[at] !== 0;
      const own = residual.subarray(row * dModel, (row + 1) * dModel);
      acts[at] += takeOff(own, wDec.subarray(latent * dModel, (latent + 1) * dModel));
      const isDuplicate = pursuit.stopOnDuplicateSupport && hadLatent === (acts[at] !== 0);
      return !isDuplicate && !(pursuit.residualThreshold > 0 && normOf(own) < pursuit.residualThreshold);
    });
  }
  return acts;
}

function strongestLatents(residual: Float32Array, shape: [number, number], wEnc: tf.Tensor2D): ArrayLike<number> {
  const strongest = tf.tidy(() => tf.argMax(tf.relu(tf.matMul(tf.tensor2d(residual, shape), wEnc)), 1));
  const indices = strongest.dataSync();
  strongest.dispose();
  return indices;
}

/** Takes the direction's share off the residual and returns it; a negative share is none. */
function takeOff(residual: Float32Array, direction: Float32Array): number {
  let share = 0;
  for (let j = 0; j < residual.length; j++) share += residual[j] * direction[j];
  if (!(share > 0)) return 0;
  for (let j = 0; j < residual.length; j++) residual[j] -= share * direction[j];
  return share;
}

function normOf(row: Float32Array): number {
  return Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
}
