/** [x⁺, x⁻] of rows [nRows, dModel]: [nRows, 2·dModel], max(x, 0) beside max(−x, 0). Loses nothing: x = x⁺ − x⁻. */
export function splitSigns(rows: Float32Array, dModel: number): Float32Array {
  const nRows = rows.length / dModel;
  const split = new Float32Array(rows.length * 2);
  for (let r = 0; r < nRows; r++)
    for (let j = 0; j < dModel; j++) {
      const value = rows[r * dModel + j];
      split[r * 2 * dModel + (value >= 0 ? j : dModel + j)] = Math.abs(value);
    }
  return split;
}
