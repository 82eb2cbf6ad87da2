import { SaeConfigError } from '../errors.ts';
import type { RowMoments } from './row-moments.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

export interface PrincipalComponents {
  dModel: number;
  nComponents: number;
  /** Rows that it was found in. */
  nRows: number;
  mean: Float64Array;
  /** Unit directions by falling variance, [nComponents, dModel]. */
  components: Float64Array;
  /** Variance along each of all dModel components, n − 1 in the denominator. */
  variances: Float64Array;
  /** Sum of all variances. */
  totalVariance: number;
}

/** PCA by the eigenvectors of the covariance. Of each component the entry of largest magnitude is positive. Throws SaeConfigError
 *  where nComponents is not from 1 to dModel, ShapeError below two rows. Source: Pearson 1901; Jolliffe 2002, §1.1. */
export function principalComponents(moments: RowMoments, nComponents: number): PrincipalComponents {
  const { dModel } = moments;
  if (!Number.isInteger(nComponents) || nComponents < 1 || nComponents > dModel)
    throw new SaeConfigError(`nComponents must be an integer from 1 to ${dModel}, but is ${nComponents}`);
  const { values, vectors } = symmetricEigen(moments.covariance(), dModel);
  // Rounding can leave the variance of a direction that has none slightly below zero.
  const variances = values.map((value) => Math.max(0, value));
  return {
    ...{ dModel, nComponents, variances, nRows: moments.nRows },
    mean: moments.mean(),
    components: vectors.slice(0, nComponents * dModel),
    totalVariance: variances.reduce((sum, value) => sum + value, 0),
  };
}
