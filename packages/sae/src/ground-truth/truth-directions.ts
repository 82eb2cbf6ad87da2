import { kernels, tf } from '@featurescope/tensor';
import type { Stepwise } from '../stepwise.ts';

const nSteps = 200;
const adam = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** Pushes unit vectors apart: 200 steps of Adam at .01 on Σ_{i≠j} (g_i·g_j)² + n Σ (g_i·g_i − 1)², then unit length again. With more
 *  vectors than dimensions they cannot become orthogonal, but spread more evenly than chance.
 *  directions: [n, dModel], not mutated. Source: SAELens 6.54.12, synthetic/feature_dictionary.py, orthogonalize_embeddings. */
export function* orthogonalised(directions: Float32Array, dModel: number): Stepwise<Float32Array> {
  const n = directions.length / dModel;
  const parameter = kernels().createAdamParameter(directions, [n, dModel]);
  try {
    for (let step = 1; step <= nSteps; step++) {
      // The gradient is 4 · M · G, where M is GGᵀ with n · (g_i·g_i − 1) on its diagonal.
      const gradient = tf.tidy(() => {
        const g = parameter.value() as tf.Tensor2D;
        const products = tf.matMul(g, g, false, true);
        const squares = tf.sum(tf.square(g), 1, true);
        const offDiagonal = tf.sub(tf.matMul(products, g), tf.mul(squares, g));
        return tf.mul(4, tf.add(offDiagonal, tf.mul(tf.mul(n, tf.sub(squares, 1)), g)));
      });
      parameter.update(gradient, { ...adam, step });
      gradient.dispose();
      yield { done: step, total: nSteps };
    }
    return unit(parameter.snapshot().value, dModel);
  } finally {
    parameter.dispose();
  }
}

function unit(rows: Float32Array, dModel: number): Float32Array {
  const result = new Float32Array(rows.length);
  for (let start = 0; start < rows.length; start += dModel) {
    let square = 0;
    for (let j = start; j < start + dModel; j++) square += rows[j] ** 2;
    const factor = 1 / Math.max(1e-8, Math.sqrt(square));
    for (let j = start; j < start + dModel; j++) result[j] = rows[j] * factor;
  }
  return result;
}
