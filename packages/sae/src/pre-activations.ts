import { tf } from '@featurescope/tensor';

/** x' W_enc + b_enc of some rows, kept where it was computed: the array is as large as rows times latents, and whoever asks for a
 *  little of it need not copy all. Dispose it. */
export class PreActivations {
  readonly nRows: number;
  readonly nLatents: number;
  readonly #values: tf.Tensor2D;

  /** values: [nRows, nLatents], from now on this object's. */
  constructor(values: tf.Tensor2D) {
    [this.nRows, this.nLatents] = values.shape;
    this.#values = values;
  }

  /** The greatest value of each latent over the rows from rowStart to rowEnd, which are at least one: [nLatents]. */
  maxima(rowStart: number, rowEnd: number): Float32Array {
    return this.#read(() => tf.max(this.#rows(rowStart, rowEnd), 0));
  }

  /** The columns of some latents in the rows from rowStart to rowEnd: [rowEnd − rowStart, latents.length]. */
  columns(rowStart: number, rowEnd: number, latents: Int32Array): Float32Array {
    return this.#read(() => tf.gather(this.#rows(rowStart, rowEnd), tf.tensor1d(latents, 'int32'), 1));
  }

  dispose(): void {
    this.#values.dispose();
  }

  #rows(rowStart: number, rowEnd: number): tf.Tensor2D {
    return tf.slice(this.#values, [rowStart, 0], [rowEnd - rowStart, this.nLatents]);
  }

  // Read outside the tidy, which would search the array for tensors, element by element.
  #read(build: () => tf.Tensor): Float32Array {
    const tensor = tf.tidy(build);
    const values = tensor.dataSync() as Float32Array;
    tensor.dispose();
    return values;
  }
}
