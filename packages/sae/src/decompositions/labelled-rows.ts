import { ShapeError } from '@featurescope/tensor';
import { SaeConfigError } from '../errors.ts';

/** Activations of positive and negative examples. */
export interface LabelledRows {
  dModel: number;
  /** [nRows, dModel] */
  rows: Float32Array;
  /** [nRows]: true for a positive example. Both kinds must be there. */
  isPositive: boolean[];
}

/** Rows with normal · x + offset > 0 are taken for positive. */
export interface LinearBoundary {
  /** [dModel]; of any length. */
  normal: Float64Array;
  offset: number;
}

/** Throws ShapeError where sizes differ, SaeConfigError where a class is empty. */
export function checkLabelled({ dModel, rows, isPositive }: LabelledRows): void {
  if (rows.length !== dModel * isPositive.length)
    throw new ShapeError(`${isPositive.length} rows of ${dModel} values do not have ${rows.length} values`);
  for (const kind of [true, false])
    if (!isPositive.includes(kind)) throw new SaeConfigError(`There is no ${kind ? 'positive' : 'negative'} example`);
}

export function classMeans(examples: LabelledRows): { positive: Float64Array; negative: Float64Array } {
  checkLabelled(examples);
  const mean = (kind: boolean) => {
    const sum = new Float64Array(examples.dModel);
    let n = 0;
    examples.isPositive.forEach((label, r) => {
      if (label !== kind) return;
      n++;
      for (let j = 0; j < sum.length; j++) sum[j] += examples.rows[r * sum.length + j];
    });
    return sum.map((value) => value / n);
  };
  return { positive: mean(true), negative: mean(false) };
}

/** The rows at some places, in that order; a place may be named more than once. */
export function pickRows({ dModel, rows, isPositive }: LabelledRows, places: readonly number[]): LabelledRows {
  const picked = new Float32Array(places.length * dModel);
  places.forEach((place, r) => {
    picked.set(rows.subarray(place * dModel, (place + 1) * dModel), r * dModel);
  });
  return { dModel, rows: picked, isPositive: places.map((place) => isPositive[place]) };
}

/** normal · x + offset of row r. */
export function signedDistance({ normal, offset }: LinearBoundary, rows: Float32Array, r: number): number {
  let sum = offset;
  for (let j = 0; j < normal.length; j++) sum += normal[j] * rows[r * normal.length + j];
  return sum;
}
