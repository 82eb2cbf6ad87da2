import { InvalidRequestError } from '../errors.ts';

/** A linear classifier: positive where x · weights + bias > 0. */
export interface LinearProbe {
  weights: Float64Array;
  bias: number;
}

export interface ProbeData {
  /** [nRows, width] */
  rows: Float32Array | Float64Array;
  width: number;
  /** [nRows], 1 or 0. */
  labels: Uint8Array;
}

export interface LogisticOptions {
  /** C of scikit-learn: the loss is ½‖w‖² + C · Σ weight · ln(1 + exp(−y z)), the bias unpenalised. Default 1. */
  c?: number;
  /** Rows weigh n / (2 · rows of their class), so that both classes count alike. Default true. */
  balanced?: boolean;
  maxSteps?: number;
  /** Ends when the gradient's norm, divided by C · n, is below it. */
  tolerance?: number;
}

/** Logistic regression with an L2 penalty, by Newton's method with conjugate gradients and backtracking, in float64: the minimum that
 *  scikit-learn's LogisticRegression(C, class_weight) has, whose loss it is. Throws InvalidRequestError unless there are rows of both
 *  classes. */
export function fitLogistic(data: ProbeData, options: LogisticOptions = {}): LinearProbe {
  const { c = 1, balanced = true, maxSteps = 100, tolerance = 1e-9 } = options;
  const { width, labels } = data;
  const weightsOfRows = rowWeights(labels, balanced).map((weight) => weight * c);
  // The bias is the last parameter.
  let parameters = new Float64Array(width + 1);
  let state = evaluate(data, weightsOfRows, parameters);
  for (let step = 0; step < maxSteps; step++) {
    if (norm(state.gradient) <= tolerance * c * labels.length) break;
    const direction = newtonDirection(data, state);
    const slope = dot(direction, state.gradient);
    let size = 1;
    let next = parameters;
    let nextState = state;
    do {
      next = parameters.map((value, i) => value - size * direction[i]);
      nextState = evaluate(data, weightsOfRows, next);
      size /= 2;
    } while (!(nextState.loss <= state.loss - 1e-4 * size * slope) && size > 1e-10);
    if (!(nextState.loss < state.loss)) break;
    parameters = next;
    state = nextState;
  }
  return { weights: parameters.slice(0, width), bias: parameters[width] };
}

/** [nRows]: what the probe says of each row, > 0 for positive. */
export function probeScores({ weights, bias }: LinearProbe, rows: ProbeData['rows']): Float64Array {
  const width = weights.length;
  return Float64Array.from({ length: rows.length / width }, (_, r) => {
    let sum = bias;
    for (let j = 0; j < width; j++) sum += rows[r * width + j] * weights[j];
    return sum;
  });
}

/** n / (2 · rows of the class), or 1. Throws InvalidRequestError where a class has no rows. */
export function rowWeights(labels: Uint8Array, balanced: boolean): Float64Array {
  const nPositive = labels.reduce((sum, label) => sum + label, 0);
  const nNegative = labels.length - nPositive;
  if (nPositive === 0 || nNegative === 0)
    throw new InvalidRequestError(
      `A probe needs rows of both classes; there are ${nPositive} positive and ${nNegative} negative`,
    );
  return Float64Array.from(labels, (label) =>
    balanced ? labels.length / (2 * (label === 1 ? nPositive : nNegative)) : 1,
  );
}

interface State {
  loss: number;
  gradient: Float64Array;
  /** weight · p · (1 − p) of each row. */
  curvature: Float64Array;
}

function evaluate({ rows, width, labels }: ProbeData, weights: Float64Array, parameters: Float64Array): State {
  const gradient = new Float64Array(width + 1);
  const curvature = new Float64Array(labels.length);
  let loss = 0;
  for (let j = 0; j < width; j++) {
    loss += parameters[j] ** 2 / 2;
    gradient[j] = parameters[j];
  }
  for (let r = 0; r < labels.length; r++) {
    let z = parameters[width];
    for (let j = 0; j < width; j++) z += rows[r * width + j] * parameters[j];
    // ln(1 + e^z) − y z, without overflow.
    loss += weights[r] * (Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - labels[r] * z);
    const p = 1 / (1 + Math.exp(-z));
    curvature[r] = weights[r] * p * (1 - p);
    const residual = weights[r] * (p - labels[r]);
    for (let j = 0; j < width; j++) gradient[j] += residual * rows[r * width + j];
    gradient[width] += residual;
  }
  return { loss, gradient, curvature };
}

/** Solves H d = g to a relative residual of 1e-3 or better the nearer the minimum is. */
function newtonDirection(data: ProbeData, { gradient, curvature }: State): Float64Array {
  const direction = new Float64Array(gradient.length);
  const residual = gradient.slice();
  const search = gradient.slice();
  let square = dot(residual, residual);
  const target = square * Math.min(1e-6, square);
  for (let step = 0; step < 2 * gradient.length && square > target && square > 0; step++) {
    const product = hessianProduct(data, curvature, search);
    const curved = dot(search, product);
    if (!(curved > 0)) break;
    const size = square / curved;
    for (let i = 0; i < direction.length; i++) {
      direction[i] += size * search[i];
      residual[i] -= size * product[i];
    }
    const next = dot(residual, residual);
    for (let i = 0; i < search.length; i++) search[i] = residual[i] + (next / square) * search[i];
    square = next;
  }
  return direction;
}

function hessianProduct({ rows, width }: ProbeData, curvature: Float64Array, vector: Float64Array): Float64Array {
  const product = vector.slice();
  product[width] = 0;
  for (let r = 0; r < curvature.length; r++) {
    let z = vector[width];
    for (let j = 0; j < width; j++) z += rows[r * width + j] * vector[j];
    z *= curvature[r];
    for (let j = 0; j < width; j++) product[j] += z * rows[r * width + j];
    product[width] += z;
  }
  return product;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

const norm = (a: Float64Array) => Math.sqrt(dot(a, a));
