import { kernels, tf } from '@featurescope/tensor';

/** Takes from each row of the gradient its part along the decoder's unit row: what is left turns the row without stretching it.
 *  Both [nLatents, dModel]. Disposes the gradient, and works on some rows at a time: here a step holds more than anywhere else. */
export function projectOffRows(gradient: tf.Tensor2D, decoder: tf.Tensor2D): tf.Tensor2D {
  const [nRows, width] = gradient.shape;
  // A block has two temporaries beside its result.
  const nBlocks = Math.ceil((3 * nRows * width) / kernels().blockValues);
  if (nBlocks <= 1) {
    const projected = tf.tidy(() => projectBlock(gradient, decoder));
    gradient.dispose();
    return projected;
  }
  const blockRows = Math.ceil(nRows / nBlocks);
  const blocks: tf.Tensor2D[] = [];
  for (let start = 0; start < nRows; start += blockRows) {
    const size: [number, number] = [Math.min(blockRows, nRows - start), width];
    blocks.push(tf.tidy(() => projectBlock(tf.slice(gradient, [start, 0], size), tf.slice(decoder, [start, 0], size))));
  }
  gradient.dispose();
  const projected = tf.concat2d(blocks, 0);
  tf.dispose(blocks);
  return projected;
}

function projectBlock(gradient: tf.Tensor2D, decoder: tf.Tensor2D): tf.Tensor2D {
  const along = tf.sum(tf.mul(gradient, decoder), 1, true);
  return tf.sub(gradient, tf.mul(decoder, along));
}

/** Rows of norm 1; a row of zeros stays. */
export function unitRows(matrix: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => {
    const norms = tf.tidy(() => tf.sqrt(tf.sum(tf.square(matrix), 1, true)));
    return tf.mul<tf.Tensor2D>(matrix, tf.divNoNan(tf.onesLike(norms), norms));
  });
}
