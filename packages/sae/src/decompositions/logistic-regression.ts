import { SaeConfigError } from '../errors.ts';
import { CholeskyFactor } from './cholesky.ts';
import { checkLabelled, type LabelledRows, type LinearBoundary } from './labelled-rows.ts';

export interface LogisticFit extends LinearBoundary {
  nIterations: number;
  converged: boolean;
}

/** Logistic regression with a quadratic penalty: the minimum over w and b of C Σ log(1 + exp(−y (w·x + b))) + ½‖w‖², b not penalised,
 *  as scikit-learn's LogisticRegression has it. Newton's method in float64 in the span of the rows, w = Xᵀα, so that a step solves
 *  one system of nRows + 1 unknowns however wide the rows are; with step halving. Throws SaeConfigError unless C is a positive number,
 *  or where a class is empty. Source: the CAV of Kim et al. 2018, §3.2; kernel form: Zhu and Hastie 2005, §2. */
export function logisticRegression(examples: LabelledRows, C: number): LogisticFit {
  checkLabelled(examples);
  if (!(C > 0 && C < Number.POSITIVE_INFINITY)) throw new SaeConfigError(`C must be a number above 0, but is ${C}`);
  const { dModel, rows, isPositive } = examples;
  const n = isPositive.length;
  const gram = gramOf(rows, dModel);
  const target = Float64Array.from(isPositive, Number);
  const objective = ({ alpha, bias }: Point) => {
    const scores = gramTimes(gram, alpha);
    let value = 0;
    for (let r = 0; r < n; r++) {
      value += C * softplus(target[r] === 1 ? -(scores[r] + bias) : scores[r] + bias) + (alpha[r] * scores[r]) / 2;
    }
    return value;
  };
  let point: Point = { alpha: new Float64Array(n), bias: 0 };
  let value = objective(point);
  let [nIterations, converged] = [0, false];
  while (nIterations < 100 && !converged) {
    nIterations++;
    const wanted = newtonPoint(gram, point, { target, C });
    const next = lineSearch(point, wanted, { objective, value });
    converged = value - next.value <= 1e-12 * (1 + Math.abs(value));
    ({ point, value } = next);
  }
  const normal = new Float64Array(dModel);
  for (let r = 0; r < n; r++) for (let j = 0; j < dModel; j++) normal[j] += point.alpha[r] * rows[r * dModel + j];
  return { normal, offset: point.bias, nIterations, converged };
}

interface Point {
  /** [nRows]: w = Xᵀα */
  alpha: Float64Array;
  bias: number;
}

/** The minimum of the quadratic form of the objective: weighted least squares on the working response r = z + (t − p)/s with
 *  s = p(1 − p), of which (K + diag(1/(C s))) α + b = r and Σα = 0. */
function newtonPoint(
  gram: Float64Array,
  { alpha, bias }: Point,
  { target, C }: { target: Float64Array; C: number },
): Point {
  const n = alpha.length;
  const scores = gramTimes(gram, alpha);
  const matrix = gram.slice();
  const response = new Float64Array(n);
  for (let r = 0; r < n; r++) {
    const z = scores[r] + bias;
    const p = 1 / (1 + Math.exp(-z));
    // A row that is settled beyond float64 has no slope left; it keeps a trace of one.
    const slope = Math.max(p * (1 - p), 1e-12);
    response[r] = z + (target[r] - p) / slope;
    matrix[r * n + r] += 1 / (C * slope);
  }
  const factor = new CholeskyFactor(matrix, n);
  const u = factor.solve(response);
  const v = factor.solve(new Float64Array(n).fill(1));
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
  const nextBias = sum(u) / sum(v);
  return { alpha: u.map((value, r) => value - nextBias * v[r]), bias: nextBias };
}

function lineSearch(
  from: Point,
  to: Point,
  { objective, value }: { objective: (point: Point) => number; value: number },
): { point: Point; value: number } {
  for (let share = 1; share > 1e-6; share /= 2) {
    const point = {
      alpha: from.alpha.map((a, r) => a + share * (to.alpha[r] - a)),
      bias: from.bias + share * (to.bias - from.bias),
    };
    const next = objective(point);
    if (next <= value) return { point, value: next };
  }
  return { point: from, value };
}

/** X Xᵀ in float64, [nRows, nRows]. */
function gramOf(rows: Float32Array, dModel: number): Float64Array {
  const n = rows.length / dModel;
  const gram = new Float64Array(n * n);
  for (let a = 0; a < n; a++)
    for (let b = 0; b <= a; b++) {
      let sum = 0;
      for (let j = 0; j < dModel; j++) sum += rows[a * dModel + j] * rows[b * dModel + j];
      gram[a * n + b] = sum;
      gram[b * n + a] = sum;
    }
  return gram;
}

function gramTimes(gram: Float64Array, vector: Float64Array): Float64Array {
  const n = vector.length;
  return vector.map((_, r) => {
    let sum = 0;
    for (let c = 0; c < n; c++) sum += gram[r * n + c] * vector[c];
    return sum;
  });
}

/** log(1 + eᵡ) without overflow. */
const softplus = (x: number) => (x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x)));
