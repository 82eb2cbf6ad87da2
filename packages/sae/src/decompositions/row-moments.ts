import { ShapeError, tf } from '@featurescope/tensor';

/** Rows whose products are summed in float32 at a time, before they are added up in float64. */
const CHUNK_ROWS = 1024;

/** Mean and covariance of any number of rows, in memory that does not depend on it: float64 sums of float32 products, about the
 *  mean of the first rows, so that a large common offset (a residual stream has one) does not cancel the variance away. */
export class RowMoments {
  readonly dModel: number;
  nRows = 0;
  private shift: Float64Array | null = null;
  private readonly sum: Float64Array;
  private readonly products: Float64Array;

  constructor(dModel: number) {
    this.dModel = dModel;
    this.sum = new Float64Array(dModel);
    this.products = new Float64Array(dModel * dModel);
  }

  /** rows: [nRows, dModel], not changed. Throws ShapeError. */
  add(rows: Float32Array): void {
    const { dModel } = this;
    if (rows.length % dModel !== 0)
      throw new ShapeError(`Rows of ${dModel} values were expected, but ${rows.length} values were given`);
    this.shift ??= meanOf(rows, dModel);
    for (let start = 0; start < rows.length; start += CHUNK_ROWS * dModel)
      this.addChunk(rows.subarray(start, start + CHUNK_ROWS * dModel), this.shift);
  }

  /** Mean over rows, [dModel]. */
  mean(): Float64Array {
    this.requireRows(1);
    return this.sum.map((value, j) => value / this.nRows + (this.shift as Float64Array)[j]);
  }

  /** Σ (x − x̄)(x − x̄)ᵀ / (nRows − 1), [dModel, dModel]. Throws ShapeError below two rows. */
  covariance(): Float64Array {
    this.requireRows(2);
    const { dModel, nRows, sum } = this;
    return this.products.map((product, at) => {
      const [i, j] = [Math.floor(at / dModel), at % dModel];
      return (product - (sum[i] * sum[j]) / nRows) / (nRows - 1);
    });
  }

  private addChunk(rows: Float32Array, shift: Float64Array): void {
    const { dModel } = this;
    const nRows = rows.length / dModel;
    const centred = rows.map((value, at) => value - shift[at % dModel]);
    for (let at = 0; at < centred.length; at++) this.sum[at % dModel] += centred[at];
    const gram = tf.tidy(() => {
      const x = tf.tensor2d(centred, [nRows, dModel]);
      return tf.matMul(x, x, true, false);
    });
    const values = gram.dataSync();
    gram.dispose();
    for (let at = 0; at < values.length; at++) this.products[at] += values[at];
    this.nRows += nRows;
  }

  private requireRows(least: number): void {
    if (this.nRows < least) throw new ShapeError(`At least ${least} rows are needed, but ${this.nRows} were given`);
  }
}

function meanOf(rows: Float32Array, dModel: number): Float64Array {
  const mean = new Float64Array(dModel);
  for (let at = 0; at < rows.length; at++) mean[at % dModel] += rows[at];
  const nRows = Math.max(1, rows.length / dModel);
  return mean.map((value) => value / nRows);
}
