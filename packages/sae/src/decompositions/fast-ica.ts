import { tf } from '@featurescope/tensor';
import { SaeConfigError } from '../errors.ts';
import { Rng } from '../rng.ts';
import type { PrincipalComponents } from './principal-components.ts';

export interface FastIcaOptions {
  /** [nRows, dModel]; the sample that the sources are sought in. */
  rows: Float32Array;
  /** Of at least as many rows: their nComponents are the space that is whitened. */
  pca: PrincipalComponents;
  seed: number;
  /** Default 200. */
  maxIterations?: number;
  /** Stops once no source's direction moves more than this, max |1 − |⟨w, w'⟩||. Default 1e-4. */
  tolerance?: number;
  onIteration?(iteration: number, change: number): void | Promise<void>;
}

export interface IndependentComponents {
  /** [nComponents, dModel]: a source is its row times (x − mean), with unit variance over the rows of the PCA. */
  unmixing: Float64Array;
  /** [nComponents, dModel]: what a source of 1 adds. */
  mixing: Float64Array;
  /** Share of the total variance of each source, falling. */
  varianceShares: Float64Array;
  nIterations: number;
  converged: boolean;
}

/** FastICA, symmetric, with g = tanh, on whitened principal components: W ← E[g(Wz)zᵀ] − diag(E[g'(Wz)])·W, then W ← (WWᵀ)^−½ W.
 *  Sources are ordered by the variance that they carry; each points where its third moment is positive, so that its long tail is its
 *  positive pole. Throws SaeConfigError where a whitened direction has no variance: ask for fewer components.
 *  Source: Hyvärinen 1999, §III–IV; scikit-learn's FastICA (algorithm parallel, fun logcosh). */
export async function fastIca(options: FastIcaOptions): Promise<IndependentComponents> {
  const { rows, pca, seed, maxIterations = 200, tolerance = 1e-4, onIteration } = options;
  const { nComponents, dModel } = pca;
  const whitening = whiteningOf(pca);
  const nRows = rows.length / dModel;
  const z = tf.tidy(() => {
    const centred = tf.sub(tf.tensor2d(rows, [nRows, dModel]), tf.tensor1d(Float32Array.from(pca.mean)));
    return tf.matMul(centred, tf.tensor2d(Float32Array.from(whitening), [nComponents, dModel]), false, true);
  }) as tf.Tensor2D;
  const start = new Float32Array(nComponents ** 2).map(normalFrom(seed));
  let w = decorrelated(tf.tensor2d(start, [nComponents, nComponents]));
  let iteration = 0;
  let change = Number.POSITIVE_INFINITY;
  while (iteration < maxIterations && change >= tolerance) {
    const next = decorrelated(step(w, z));
    change = directionChange(w, next);
    w.dispose();
    w = next;
    iteration++;
    await onIteration?.(iteration, change);
  }
  const { rotation, thirdMoments } = finish(w, z);
  tf.dispose([w, z]);
  return {
    ...components(rotation, { pca, whitening, thirdMoments }),
    ...{ nIterations: iteration, converged: change < tolerance },
  };
}

/** Λ^−½ Uᵀ, [nComponents, dModel], Λ with nRows in the denominator: sources of unit mean square. */
function whiteningOf({ components, nComponents, dModel, ...pca }: PrincipalComponents): Float64Array {
  const variances = populationVariances(pca);
  const least = variances[0] * 1e-10;
  const without = variances.subarray(0, nComponents).findIndex((variance) => !(variance > least));
  if (without !== -1)
    throw new SaeConfigError(
      `nComponents is ${nComponents}, but the activations vary in ${without} directions only: ask for at most ${without}`,
    );
  return components.map((value, at) => value / Math.sqrt(variances[Math.floor(at / dModel)]));
}

function populationVariances({ variances, nRows }: Pick<PrincipalComponents, 'variances' | 'nRows'>): Float64Array {
  return variances.map((variance) => (variance * (nRows - 1)) / nRows);
}

function step(w: tf.Tensor2D, z: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => {
    const g = tf.tanh(tf.matMul(z, w, false, true)) as tf.Tensor2D;
    const expected = tf.div(tf.matMul(g, z, true, false), z.shape[0]);
    const slopes = tf.mean(tf.sub(1, tf.square(g)), 0);
    return tf.sub(expected, tf.mul(tf.expandDims(slopes, 1), w)) as tf.Tensor2D;
  });
}

/** (WWᵀ)^−½ W without an eigendecomposition: from W/‖W‖, W ← 3/2 W − ½ WWᵀW until WWᵀ = I. Disposes w.
 *  Source: Hyvärinen, Karhunen and Oja 2001, §8.4.3 (eq. 8.50–8.51). */
function decorrelated(w: tf.Tensor2D): tf.Tensor2D {
  let current = tf.tidy(() => tf.div(w, tf.norm(w)) as tf.Tensor2D);
  w.dispose();
  // The smallest singular value grows by half at first: 100 steps lift 1e-17.
  for (let i = 0; i < 100; i++) {
    const [next, error] = tf.tidy(() => {
      const gram = tf.matMul(current, current, false, true);
      const off = tf.max(tf.abs(tf.sub(gram, tf.eye(gram.shape[0])))) as tf.Scalar;
      return [tf.sub(tf.mul(1.5, current), tf.mul(0.5, tf.matMul(gram, current))) as tf.Tensor2D, off];
    });
    const deviation = error.dataSync()[0];
    tf.dispose([current, error]);
    current = next;
    if (deviation < 1e-6) break;
  }
  return current;
}

function directionChange(before: tf.Tensor2D, after: tf.Tensor2D): number {
  const change = tf.tidy(() => tf.max(tf.abs(tf.sub(1, tf.abs(tf.sum(tf.mul(before, after), 1))))));
  const value = change.dataSync()[0];
  change.dispose();
  return value;
}

function finish(w: tf.Tensor2D, z: tf.Tensor2D): { rotation: Float32Array; thirdMoments: Float32Array } {
  const moments = tf.tidy(() => tf.mean(tf.pow(tf.matMul(z, w, false, true), 3), 0));
  const result = { rotation: w.dataSync() as Float32Array, thirdMoments: moments.dataSync() as Float32Array };
  moments.dispose();
  return { rotation: result.rotation.slice(), thirdMoments: result.thirdMoments.slice() };
}

function components(
  rotation: Float32Array,
  { pca, whitening, thirdMoments }: { pca: PrincipalComponents; whitening: Float64Array; thirdMoments: Float32Array },
) {
  const { nComponents, dModel, nRows, components: directions } = pca;
  const variances = populationVariances(pca);
  const totalVariance = (pca.totalVariance * (nRows - 1)) / nRows;
  const signed = rotation.map((value, at) => (thirdMoments[Math.floor(at / nComponents)] < 0 ? -value : value));
  const dewhitening = directions.map((value, at) => value * Math.sqrt(variances[Math.floor(at / dModel)]));
  const unmixing = product(signed, whitening, { nComponents, dModel });
  // W is a rotation: its inverse is its transpose, and column i of U Λ^½ Wᵀ is row i of W · (Λ^½ Uᵀ).
  const mixing = product(signed, dewhitening, { nComponents, dModel });
  const shares = Float64Array.from({ length: nComponents }, (_, i) => {
    const row = mixing.subarray(i * dModel, (i + 1) * dModel);
    return row.reduce((sum, value) => sum + value * value, 0) / totalVariance;
  });
  const order = Array.from(shares.keys()).sort((a, b) => shares[b] - shares[a] || a - b);
  return {
    unmixing: reordered(unmixing, order, dModel),
    mixing: reordered(mixing, order, dModel),
    varianceShares: Float64Array.from(order, (i) => shares[i]),
  };
}

/** [nComponents, nComponents] · [nComponents, dModel] */
function product(
  left: ArrayLike<number>,
  right: Float64Array,
  { nComponents, dModel }: { nComponents: number; dModel: number },
): Float64Array {
  const result = new Float64Array(nComponents * dModel);
  for (let i = 0; i < nComponents; i++)
    for (let m = 0; m < nComponents; m++) {
      const factor = left[i * nComponents + m];
      for (let j = 0; j < dModel; j++) result[i * dModel + j] += factor * right[m * dModel + j];
    }
  return result;
}

function reordered(matrix: Float64Array, order: number[], width: number): Float64Array {
  const result = new Float64Array(matrix.length);
  order.forEach((from, to) => {
    result.set(matrix.subarray(from * width, (from + 1) * width), to * width);
  });
  return result;
}

function normalFrom(seed: number): () => number {
  const rng = Rng.fromSeed(seed, 'fast-ica');
  return () => rng.normal();
}
