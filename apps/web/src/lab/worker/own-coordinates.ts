/** Some rows of [n, width] in coordinates of their own, [rows.length, 3]: an orthonormal basis by Gram and Schmidt, the row with most
 *  left first. Exact where the rows span at most three dimensions; else what three of them hold. */
export function ownCoordinates(matrix: Float32Array, rows: number[], width: number): Float32Array {
  const left = rows.map((row) => Float64Array.from(matrix.subarray(row * width, (row + 1) * width)));
  const points = new Float32Array(rows.length * 3);
  for (let axis = 0; axis < 3; axis++) {
    const squares = left.map((vector) => dot(vector, vector));
    const most = squares.indexOf(Math.max(...squares));
    if (!(squares[most] > 1e-4)) break;
    const unit = left[most].map((value) => value / Math.sqrt(squares[most]));
    left.forEach((vector, i) => {
      const along = dot(vector, unit);
      points[i * 3 + axis] = along;
      for (let d = 0; d < width; d++) vector[d] -= along * unit[d];
    });
  }
  return points;
}

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, d) => sum + value * b[d], 0);
