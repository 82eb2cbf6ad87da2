import { CholeskyDecomposition, Matrix } from 'ml-matrix';

/** A symmetric positive definite matrix [size, size], factored once and solved for any right side. */
export class CholeskyFactor {
  private readonly decomposition: CholeskyDecomposition;

  constructor(matrix: Float64Array, size: number) {
    this.decomposition = new CholeskyDecomposition(Matrix.from1DArray(size, size, matrix));
  }

  solve(right: Float64Array): Float64Array {
    return Float64Array.from(this.decomposition.solve(Matrix.columnVector(right)).to1DArray());
  }
}
