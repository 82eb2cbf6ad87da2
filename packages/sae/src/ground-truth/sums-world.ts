import { randomDirections } from '../random-directions.ts';
import { Rng } from '../rng.ts';
import type { Stepwise } from '../stepwise.ts';
import type { SumsSpec, TruthMagnitude } from './synthetic-spec.ts';
import { truthActivity } from './truth-activity.ts';
import { orthogonalised } from './truth-directions.ts';
import type { SyntheticSamples, World } from './world.ts';

/** Samples are Σ over active truths of magnitude · direction, without bias or noise. Orthogonalised directions are made on the running
 *  tensor backend. The spec must be checked. */
export function* sumsWorld(spec: SumsSpec): Stepwise<World> {
  const { nTruths, dModel, magnitude } = spec;
  const random = randomDirections(nTruths, dModel, Rng.fromSeed(spec.seed, 'truths'));
  const truths = spec.directions === 'random' ? random : yield* orthogonalised(random, dModel);
  const drawActive = truthActivity(spec);
  const draw = (rng: Rng, nRows: number): SyntheticSamples => {
    const rows = new Float32Array(nRows * dModel);
    const rowOffsets = new Int32Array(nRows + 1);
    const indices: number[] = [];
    const values: number[] = [];
    const active = new Int32Array(nTruths);
    for (let r = 0; r < nRows; r++) {
      const row = rows.subarray(r * dModel, (r + 1) * dModel);
      const nActive = drawActive(rng, active);
      for (let e = 0; e < nActive; e++) {
        const value = drawMagnitude(rng, magnitude);
        if (!(value > 0)) continue;
        indices.push(active[e]);
        values.push(value);
        const start = active[e] * dModel;
        for (let j = 0; j < dModel; j++) row[j] += value * truths[start + j];
      }
      rowOffsets[r + 1] = indices.length;
    }
    const acts = { nRows, rowOffsets, indices: Int32Array.from(indices), values: Float32Array.from(values) };
    return { rows, acts, classes: null };
  };
  return { dModel, truths, nClasses: 0, draw };
}

function drawMagnitude(rng: Rng, magnitude: TruthMagnitude): number {
  if (magnitude.kind === 'uniform') return magnitude.min + (magnitude.max - magnitude.min) * rng.float();
  return Math.max(0, magnitude.mean + magnitude.deviation * rng.normal());
}
