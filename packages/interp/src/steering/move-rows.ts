export interface RowUnits {
  /** Values of a row. */
  width: number;
  /** [nRows], how far a unit of activation moves each row; null where that is 1. */
  scales: Float32Array | null;
}

/** x ← x + Σ δ_i d_i for each row, in that form: zero δ are skipped, so that a row that is not to change keeps its bits. Sums in
 *  double precision, rounded once. rows: [nRows, width], mutated. moves: [nRows, features], δ in units of activation.
 *  directions: [features, width], unit vectors. */
export function moveRows(
  rows: Float32Array,
  moves: Float64Array,
  { directions, width, scales }: RowUnits & { directions: Float32Array },
): void {
  const nFeatures = directions.length / width;
  const sum = new Float64Array(width);
  for (let row = 0; row * nFeatures < moves.length; row++) {
    const own = moves.subarray(row * nFeatures, (row + 1) * nFeatures);
    if (own.every((move) => move === 0)) continue;
    sum.set(rows.subarray(row * width, (row + 1) * width));
    own.forEach((move, feature) => {
      if (move === 0) return;
      const distance = move * (scales?.[row] ?? 1);
      for (let j = 0; j < width; j++) sum[j] += distance * directions[feature * width + j];
    });
    rows.set(sum, row * width);
  }
}
