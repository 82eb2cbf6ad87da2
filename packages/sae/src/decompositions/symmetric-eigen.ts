import { ShapeError } from '@featurescope/tensor';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

export interface SymmetricEigen {
  /** Falling. [size] */
  values: Float64Array;
  /** Row i is the unit eigenvector of values[i]; its entry of largest magnitude is positive. [size, size] */
  vectors: Float64Array;
}

/** Eigenvalues and eigenvectors of a symmetric matrix [size, size], in float64. Only the lower half is trusted: what rounding left
 *  between the halves is averaged. Blocks for about size³ · 6.5 ns. Throws ShapeError for other sizes and for values that are not finite. */
export function symmetricEigen(matrix: Float64Array, size: number): SymmetricEigen {
  if (matrix.length !== size * size)
    throw new ShapeError(`A ${size} × ${size} matrix has ${size * size} values, but ${matrix.length} were given`);
  const symmetric = new Matrix(size, size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      const value = (matrix[i * size + j] + matrix[j * size + i]) / 2;
      if (!Number.isFinite(value)) throw new ShapeError(`The matrix has ${value} at row ${i}, column ${j}`);
      symmetric.set(i, j, value);
      symmetric.set(j, i, value);
    }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(symmetric, { assumeSymmetric: true });
  const order = realEigenvalues.map((_, i) => i).sort((a, b) => realEigenvalues[b] - realEigenvalues[a] || a - b);
  const vectors = new Float64Array(size * size);
  order.forEach((column, row) => {
    const own = vectors.subarray(row * size, (row + 1) * size);
    for (let j = 0; j < size; j++) own[j] = eigenvectorMatrix.get(j, column);
    pointPositive(own);
  });
  return { values: Float64Array.from(order, (column) => realEigenvalues[column]), vectors };
}

/** An eigenvector's sign means nothing: it is chosen so that results are the same everywhere. */
function pointPositive(vector: Float64Array): void {
  let largest = 0;
  for (let j = 1; j < vector.length; j++) if (Math.abs(vector[j]) > Math.abs(vector[largest])) largest = j;
  if (vector[largest] < 0) for (let j = 0; j < vector.length; j++) vector[j] = -vector[j];
}
