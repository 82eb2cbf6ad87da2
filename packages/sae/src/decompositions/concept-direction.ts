import { ShapeError } from '@featurescope/tensor';
import { SaeConfigError } from '../errors.ts';
import type { FittedDictionary } from './fitted-dictionary.ts';
import type { LabelledRows, LinearBoundary } from './labelled-rows.ts';
import { logisticRegression } from './logistic-regression.ts';
import { meanDifference } from './mean-difference.ts';
import { poleDictionary } from './pole-dictionary.ts';

export type ConceptMethod = { kind: 'meanDifference' } | { kind: 'cav'; C: number };

export interface ConceptDirection extends LinearBoundary {
  /** Unit vector, from the negative examples towards the positive ones. */
  direction: Float64Array;
  /** Of the boundary along the direction: direction · x = threshold. */
  threshold: number;
}

/** The direction that tells positive from negative rows. For a CAV the rows are centred on their mean and divided by one number, so
 *  that their mean squared norm is dModel: C then means the same at every hook, and the direction stays one of activations. Throws
 *  SaeConfigError where there is none. */
export function conceptDirection(examples: LabelledRows, method: ConceptMethod): ConceptDirection {
  const { normal, offset } = method.kind === 'cav' ? scaledLogistic(examples, method.C) : meanDifference(examples);
  const norm = Math.hypot(...normal);
  if (!(norm > 0))
    throw new SaeConfigError(
      'The positive and the negative examples have the same activations: there is no direction between them',
    );
  const direction = normal.map((value) => value / norm);
  return { normal, offset, direction, threshold: -offset / norm };
}

/** The two poles of a direction as a dictionary. Its activations are 0 at the boundary; the rest of the reconstruction is the mean,
 *  so that x̂ is x along the direction and the mean across it. mean: [dModel], of text in general. Throws ShapeError. */
export function conceptDictionary(
  { direction, threshold }: Pick<ConceptDirection, 'direction' | 'threshold'>,
  mean: ArrayLike<number>,
): FittedDictionary {
  if (mean.length !== direction.length)
    throw new ShapeError(`The direction has ${direction.length} values, the mean ${mean.length}`);
  const along = direction.reduce((sum, value, j) => sum + value * mean[j], 0);
  const centre = direction.map((value, j) => mean[j] + (threshold - along) * value);
  return poleDictionary({ dModel: direction.length, encoder: direction, decoder: direction, centre });
}

function scaledLogistic(examples: LabelledRows, C: number): LinearBoundary {
  const { dModel, rows, isPositive } = examples;
  const mean = new Float64Array(dModel);
  for (let at = 0; at < rows.length; at++) mean[at % dModel] += rows[at] / isPositive.length;
  let square = 0;
  for (let at = 0; at < rows.length; at++) square += (rows[at] - mean[at % dModel]) ** 2;
  const scale = Math.sqrt(square / rows.length) || 1;
  const scaled = rows.map((value, at) => (value - mean[at % dModel]) / scale);
  const { normal, offset } = logisticRegression({ ...examples, rows: scaled }, C);
  const unscaled = normal.map((value) => value / scale);
  return { normal: unscaled, offset: offset - unscaled.reduce((sum, value, j) => sum + value * mean[j], 0) };
}
