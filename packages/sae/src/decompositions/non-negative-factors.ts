import { tf } from '@featurescope/tensor';
import { SaeConfigError } from '../errors.ts';
import { Rng } from '../rng.ts';

export interface NonNegativeFactorOptions {
  /** [nRows, width], no value below 0. */
  rows: Float32Array;
  width: number;
  nComponents: number;
  seed: number;
  /** Default 200. */
  maxIterations?: number;
  /** Stops once ten iterations lower the error by less than this share of the first error. Default 1e-4; 0: never. */
  tolerance?: number;
  /** Instead of a seeded start: [nRows, nComponents] and [nComponents, width]. */
  initial?: { codes: Float32Array; components: Float32Array };
  onIteration?(iteration: number, relativeError: number | null): void | Promise<void>;
}

export interface NonNegativeFactors {
  /** [nComponents, width], as the updates leave them. */
  components: Float32Array;
  /** [nRows, nComponents] */
  codes: Float32Array;
  /** ‖X − CH‖ / ‖X‖ */
  relativeError: number;
  nIterations: number;
  converged: boolean;
}

/** Least denominator, as scikit-learn's for float32. */
const EPSILON = 1.1920929e-7;
const CHECK_EVERY = 10;

/** Non-negative matrix factorisation X ≈ CH under the Frobenius norm by multiplicative updates, codes before components.
 *  Throws SaeConfigError for a negative or non-finite value. Source: Lee and Seung 2001, theorem 1; start and stopping rule as
 *  scikit-learn's NMF(solver mu, init random). */
export async function nonNegativeFactors(options: NonNegativeFactorOptions): Promise<NonNegativeFactors> {
  const { rows, width, nComponents, maxIterations = 200, tolerance = 1e-4, onIteration } = options;
  requireNonNegative(rows, width);
  const nRows = rows.length / width;
  const start = options.initial ?? randomStart(options, nRows);
  const x = tf.tensor2d(rows, [nRows, width]);
  let codes = tf.tensor2d(start.codes, [nRows, nComponents]);
  let components = tf.tensor2d(start.components, [nComponents, width]);
  const norm = Math.sqrt(sumOfSquares(rows));
  const errorNow = () => residualNorm(x, { codes, components, norm });
  const firstError = errorNow();
  let [error, lastError, iteration, converged] = [firstError, firstError, 0, false];
  while (iteration < maxIterations && !converged) {
    const nextCodes = tf.tidy(() => {
      const wanted = tf.matMul(x, components, false, true);
      const given = tf.matMul(codes, tf.matMul(components, components, false, true));
      return updated(codes, wanted, given);
    });
    codes.dispose();
    codes = nextCodes;
    const nextComponents = tf.tidy(() => {
      const wanted = tf.matMul(codes, x, true, false);
      const given = tf.matMul(tf.matMul(codes, codes, true, false), components);
      return updated(components, wanted, given);
    });
    components.dispose();
    components = nextComponents;
    iteration++;
    const isChecked = iteration % CHECK_EVERY === 0 || iteration === maxIterations;
    if (isChecked) {
      error = errorNow();
      converged = tolerance > 0 && iteration % CHECK_EVERY === 0 && lastError - error < tolerance * firstError;
      lastError = error;
    }
    await onIteration?.(iteration, isChecked ? error / norm : null);
  }
  const result = {
    components: (components.dataSync() as Float32Array).slice(),
    codes: (codes.dataSync() as Float32Array).slice(),
  };
  tf.dispose([x, codes, components]);
  return { ...result, relativeError: norm > 0 ? error / norm : 0, nIterations: iteration, converged };
}

function updated(factor: tf.Tensor2D, wanted: tf.Tensor, given: tf.Tensor): tf.Tensor2D {
  return tf.mul(factor, tf.div(wanted, tf.maximum(given, EPSILON))) as tf.Tensor2D;
}

/** ‖X − CH‖ from products, without the difference: ‖X‖² − 2⟨CᵀX, H⟩ + ⟨CᵀC, HHᵀ⟩. */
function residualNorm(
  x: tf.Tensor2D,
  { codes, components, norm }: { codes: tf.Tensor2D; components: tf.Tensor2D; norm: number },
): number {
  const [cross, model] = tf.tidy(() => [
    tf.sum(tf.mul(tf.matMul(codes, x, true, false), components)),
    tf.sum(tf.mul(tf.matMul(codes, codes, true, false), tf.matMul(components, components, false, true))),
  ]);
  const square = norm ** 2 - 2 * cross.dataSync()[0] + model.dataSync()[0];
  tf.dispose([cross, model]);
  return Math.sqrt(Math.max(0, square));
}

/** |N(0, 1)| · √(mean / nComponents), components before codes. */
function randomStart({ rows, width, nComponents, seed }: NonNegativeFactorOptions, nRows: number) {
  const rng = Rng.fromSeed(seed, 'non-negative-factors');
  const mean = rows.reduce((sum, value) => sum + value, 0) / rows.length;
  const scale = Math.sqrt(mean / nComponents);
  const draw = (length: number) => new Float32Array(length).map(() => scale * Math.abs(rng.normal()));
  return { components: draw(nComponents * width), codes: draw(nRows * nComponents) };
}

function requireNonNegative(rows: Float32Array, width: number): void {
  const at = rows.findIndex((value) => !(value >= 0 && value < Number.POSITIVE_INFINITY));
  if (at !== -1)
    throw new SaeConfigError(
      `Activations must not be negative, but row ${Math.floor(at / width)} has ${rows[at]} at dimension ${at % width}`,
    );
}

function sumOfSquares(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}
