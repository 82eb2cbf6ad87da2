import type { AdamSnapshot } from '@featurescope/tensor';
import { Rng } from '../rng.ts';
import { SaeTrainer } from '../trainer.ts';

/** The trainer anew, with every latent's direction that of a row: decoder row and encoder row are (s·x − b_dec) / ‖s·x − b_dec‖ of a
 *  row drawn without replacement (with, where there are fewer rows than latents). rows: [n, dModel], raw. Disposes the old trainer. */
export function startFromDataPoints(trainer: SaeTrainer, rows: Float32Array, seed: number): SaeTrainer {
  const state = trainer.state();
  const { dModel, nLatents } = state.config;
  const order = Rng.fromSeed(seed, 'data-point-start').shuffle(
    Int32Array.from({ length: rows.length / dModel }, (_, r) => r),
  );
  const bDec = state.parameters.bDec.value;
  const directions = new Float32Array(nLatents * dModel);
  for (let i = 0; i < nLatents; i++) {
    const row = order[i % order.length];
    const direction = Float64Array.from(bDec, (bias, d) => state.scale * rows[row * dModel + d] - bias);
    const norm = Math.sqrt(direction.reduce((sum, value) => sum + value * value, 0));
    for (let d = 0; d < dModel; d++) directions[i * dModel + d] = norm > 0 ? direction[d] / norm : 0;
  }
  const untrained = (value: Float32Array): AdamSnapshot => ({
    value,
    firstMoment: new Float32Array(value.length),
    secondMoment: new Float32Array(value.length),
  });
  trainer.dispose();
  return SaeTrainer.restore({
    ...state,
    parameters: { ...state.parameters, encoder: untrained(directions), decoder: untrained(directions.slice()) },
  });
}
