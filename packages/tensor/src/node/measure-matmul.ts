import * as tf from '@tensorflow/tfjs';

/** Rate of one float32 product [1024, 576] · [576, 4608] on the running backend, in GFLOP/s: the best of a few runs, about 0.2 s. */
export function measureMatmul(): number {
  const [m, k, n] = [1024, 576, 4608];
  return tf.tidy(() => {
    const a = tf.fill<tf.Rank.R2>([m, k], 0.5);
    const b = tf.fill<tf.Rank.R2>([k, n], 0.25);
    let bestMs = Number.POSITIVE_INFINITY;
    for (let run = 0; run < 5; run++) {
      const startedAt = performance.now();
      tf.matMul(a, b).dispose();
      if (run > 0) bestMs = Math.min(bestMs, performance.now() - startedAt);
    }
    return (2 * m * k * n) / bestMs / 1e6;
  });
}
