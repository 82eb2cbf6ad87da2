import { SaeConfigError } from '../errors.ts';
import type { Rng } from '../rng.ts';
import type { Stepwise } from '../stepwise.ts';
import { SUPERPOSITION_STEPS, SuperpositionModel, stepSize, superpositionTraining } from './superposition-model.ts';
import type { SuperpositionSpec } from './synthetic-spec.ts';
import type { SyntheticSamples, World } from './world.ts';

/** ‖W_i‖² from which on the toy model keeps a feature: only what it keeps can be found again. */
const LEAST_SQUARE = 0.1;

/** Samples are the hidden vectors h = Σ x_i W_i of a toy model of superposition (Elhage et al. 2022), trained here to its end; truths are
 *  Ŵ_i of the features that it keeps, in their order, with magnitudes x_i·‖W_i‖. What is left of the others is noise. Throws
 *  SaeConfigError, also where the model keeps nothing. */
export function* superpositionWorld(spec: SuperpositionSpec): Stepwise<World> {
  const { nTruths: nFeatures, dModel, sparsity, importanceDecay, leastMagnitude, output, seed } = spec;
  const model = new SuperpositionModel({
    ...{ nFeatures, nDims: dModel, sparsity, importanceDecay, leastMagnitude, output, seed },
    ...superpositionTraining,
  });
  while (model.stepsDone < SUPERPOSITION_STEPS) {
    model.step(stepSize(model.stepsDone, SUPERPOSITION_STEPS));
    yield { done: model.stepsDone, total: SUPERPOSITION_STEPS };
  }
  const { weights } = model.parameters;
  const norms = Float64Array.from({ length: nFeatures }, (_, i) =>
    Math.hypot(...weights.subarray(i * dModel, (i + 1) * dModel)),
  );
  const kept = [...norms.keys()].filter((i) => norms[i] ** 2 >= LEAST_SQUARE);
  if (kept.length === 0)
    throw new SaeConfigError(`the toy model keeps none of ${nFeatures} features at sparsity ${sparsity}; lower it`);
  const truthOf = Int32Array.from({ length: nFeatures }, (_, i) => kept.indexOf(i));
  const truths = Float32Array.from({ length: kept.length * dModel }, (_, at) => {
    const feature = kept[Math.floor(at / dModel)];
    return weights[feature * dModel + (at % dModel)] / norms[feature];
  });
  const draw = (rng: Rng, nRows: number): SyntheticSamples => {
    const rows = new Float32Array(nRows * dModel);
    const rowOffsets = new Int32Array(nRows + 1);
    const indices: number[] = [];
    const values: number[] = [];
    for (let r = 0; r < nRows; r++) {
      for (let i = 0; i < nFeatures; i++) {
        if (rng.float() < sparsity) continue;
        const x = leastMagnitude + (1 - leastMagnitude) * rng.float();
        for (let j = 0; j < dModel; j++) rows[r * dModel + j] += x * weights[i * dModel + j];
        if (truthOf[i] === -1 || x === 0) continue;
        indices.push(truthOf[i]);
        values.push(x * norms[i]);
      }
      rowOffsets[r + 1] = indices.length;
    }
    const acts = { nRows, rowOffsets, indices: Int32Array.from(indices), values: Float32Array.from(values) };
    return { rows, acts, classes: null };
  };
  return { dModel, truths, nClasses: 0, draw };
}
