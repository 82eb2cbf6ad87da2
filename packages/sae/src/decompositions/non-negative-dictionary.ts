import { ShapeError } from '@featurescope/tensor';
import { transpose } from '../sae-weights.ts';
import type { FittedDictionary } from './fitted-dictionary.ts';

/** Components of non-negative matrix factorisation, [nComponents, dModel], or [nComponents, 2·dModel] over [x⁺, x⁻], as a dictionary:
 *  rows of norm 1, by falling share of the squared codes; a component without values stays 0 and never fires. Of split signs a latent
 *  writes h⁺ − h⁻. Throws ShapeError. */
export function nonNegativeDictionary(
  components: Float32Array,
  { dModel, codes, splitsSigns }: { dModel: number; codes: Float32Array; splitsSigns: boolean },
): FittedDictionary {
  const width = splitsSigns ? 2 * dModel : dModel;
  const nLatents = components.length / width;
  if (!Number.isInteger(nLatents) || codes.length % nLatents !== 0)
    throw new ShapeError(`Components of ${width} values do not fit ${components.length} values`);
  const norms = Array.from({ length: nLatents }, (_, i) =>
    Math.hypot(...components.subarray(i * width, (i + 1) * width)),
  );
  const energy = new Float64Array(nLatents);
  for (let at = 0; at < codes.length; at++) energy[at % nLatents] += (codes[at] * norms[at % nLatents]) ** 2;
  const order = norms.map((_, i) => i).sort((a, b) => energy[b] - energy[a] || a - b);
  const positive = new Float32Array(nLatents * dModel);
  const negative = new Float32Array(nLatents * dModel);
  order.forEach((from, to) => {
    const row = components.subarray(from * width, (from + 1) * width).map((value) => value / (norms[from] || 1));
    positive.set(row.subarray(0, dModel), to * dModel);
    if (splitsSigns) negative.set(row.subarray(dModel), to * dModel);
  });
  return {
    config: { architecture: 'nmf', dModel, nLatents, applyBDecToInput: false },
    weights: {
      wEnc: transpose(positive, nLatents, dModel),
      ...(splitsSigns ? { wEncNegative: transpose(negative, nLatents, dModel) } : {}),
      wDec: positive.map((value, at) => value - negative[at]),
      bEnc: new Float32Array(nLatents),
      bDec: new Float32Array(dModel),
    },
  };
}
