/** Rows of [nRows, width] divided by their Euclidean norm; a zero row stays zero. Returns a copy. */
export function unitRows(rows: Float32Array, width: number): Float32Array {
  const result = new Float32Array(rows.length);
  for (let start = 0; start < rows.length; start += width) {
    let sum = 0;
    for (let j = start; j < start + width; j++) sum += rows[j] * rows[j];
    const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0;
    for (let j = start; j < start + width; j++) result[j] = rows[j] * scale;
  }
  return result;
}
