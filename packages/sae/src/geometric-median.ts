/** The point with the least summed distance to the rows: Weiszfeld's iteration in float64, from the mean.
 *  rows: [nRows, dModel], nRows ≥ 1. Stops when the point moves less than 1e-6 of its norm, or after 50 iterations.
 *  A row at distance under 1e-12 gets that distance's weight, so no division by zero. */
export function geometricMedian(rows: Float32Array, dModel: number): Float32Array {
  const nRows = rows.length / dModel;
  let point = weightedMean(rows, dModel, new Float64Array(nRows).fill(1));
  for (let iteration = 0; iteration < 50; iteration++) {
    const weights = new Float64Array(nRows);
    for (let r = 0; r < nRows; r++) weights[r] = 1 / Math.max(1e-12, distance(rows, r, point));
    const next = weightedMean(rows, dModel, weights);
    const moved = Math.sqrt(next.reduce((sum, value, j) => sum + (value - point[j]) ** 2, 0));
    const norm = Math.sqrt(next.reduce((sum, value) => sum + value ** 2, 0));
    point = next;
    if (moved <= 1e-6 * norm) break;
  }
  return Float32Array.from(point);
}

function distance(rows: Float32Array, r: number, point: Float64Array): number {
  let square = 0;
  for (let j = 0; j < point.length; j++) square += (rows[r * point.length + j] - point[j]) ** 2;
  return Math.sqrt(square);
}

function weightedMean(rows: Float32Array, dModel: number, weights: Float64Array): Float64Array {
  const mean = new Float64Array(dModel);
  let total = 0;
  for (let r = 0; r < weights.length; r++) {
    total += weights[r];
    for (let j = 0; j < dModel; j++) mean[j] += weights[r] * rows[r * dModel + j];
  }
  return mean.map((value) => value / total);
}
