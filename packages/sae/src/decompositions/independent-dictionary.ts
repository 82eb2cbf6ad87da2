import type { IndependentComponents } from './fast-ica.ts';
import type { FittedDictionary } from './fitted-dictionary.ts';
import { poleDictionary } from './pole-dictionary.ts';

/** Sources of ICA as a dictionary in units of activation: unit directions, so that the k largest are those that move the
 *  reconstruction most. mean: [dModel], of the rows. k: sources kept of each row; absent: all. */
export function independentDictionary(
  { unmixing, mixing }: Pick<IndependentComponents, 'unmixing' | 'mixing'>,
  { mean, k }: { mean: ArrayLike<number>; k?: number },
): FittedDictionary {
  const dModel = mean.length;
  const norms = Array.from({ length: mixing.length / dModel }, (_, i) =>
    Math.hypot(...mixing.subarray(i * dModel, (i + 1) * dModel)),
  );
  const normOf = (at: number) => norms[Math.floor(at / dModel)] || 1;
  return poleDictionary({
    dModel,
    encoder: unmixing.map((value, at) => value * normOf(at)),
    decoder: mixing.map((value, at) => value / normOf(at)),
    centre: mean,
    k,
  });
}
