import { attribute, rawOp, type tf } from '../native-tensorflow.ts';

/** Product of two matrices, each transposed first where asked. TensorFlow's `MatMul`, which tfjs replaces by the batched
 *  op even for plain matrices. */
export function product(a: tf.Tensor, b: tf.Tensor, transpose: { a?: boolean; b?: boolean } = {}): tf.Tensor {
  const attributes = [
    attribute.bool('transpose_a', transpose.a ?? false),
    attribute.bool('transpose_b', transpose.b ?? false),
    attribute.type('T', 'TF_FLOAT'),
  ];
  return rawOp('MatMul', attributes, [a, b]);
}

/** The same for stacks of matrices [n, rows, columns]. */
export function batchProduct(a: tf.Tensor, b: tf.Tensor, transpose: { a?: boolean; b?: boolean } = {}): tf.Tensor {
  const attributes = [
    attribute.bool('adj_x', transpose.a ?? false),
    attribute.bool('adj_y', transpose.b ?? false),
    attribute.type('T', 'TF_FLOAT'),
  ];
  return rawOp('BatchMatMulV2', attributes, [a, b]);
}
