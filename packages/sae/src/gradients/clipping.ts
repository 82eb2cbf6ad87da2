import { kernels, tf } from '@featurescope/tensor';
import type { ParameterTensors } from '../parameters.ts';

/** √Σ of all squared entries of all gradients. */
export function globalNorm(gradients: ParameterTensors): number {
  return Math.sqrt(Object.values(gradients).reduce((sum, gradient) => sum + kernels().sumOfSquares(gradient), 0));
}

/** g · min(1, maxNorm / (norm + 1e-6)) for each gradient, torch's clip_grad_norm_. Replaces and disposes them where they change. */
export function clipGradients(gradients: ParameterTensors, norm: number, maxNorm: number): void {
  const factor = maxNorm / (norm + 1e-6);
  if (factor >= 1) return;
  const replaced = gradients as Record<string, tf.Tensor>;
  for (const [name, gradient] of Object.entries(replaced)) {
    replaced[name] = tf.mul(gradient, factor);
    gradient.dispose();
  }
}
