import type { LabelledRows, LinearBoundary } from './labelled-rows.ts';
import { classMeans } from './labelled-rows.ts';

/** The difference of the class means as a classifier: normal μ₊ − μ₋, boundary half-way between them. Throws SaeConfigError where the
 *  means are equal. Source: Marks and Tegmark 2023, §4.1 (mass-mean probing without the covariance). */
export function meanDifference(examples: LabelledRows): LinearBoundary {
  const { positive, negative } = classMeans(examples);
  const normal = positive.map((value, j) => value - negative[j]);
  const middle = normal.reduce((sum, value, j) => sum + (value * (positive[j] + negative[j])) / 2, 0);
  return { normal, offset: -middle };
}
