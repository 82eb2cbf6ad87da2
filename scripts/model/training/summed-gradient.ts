import { tf } from '../native-tensorflow.ts';
import { parameterTensors } from '../transformer/parameter-tensors.ts';
import { type ModelShape, parameterSlots } from '../transformer/shape.ts';
import type { WindowBatch } from './window-stream.ts';

/** Sum of cross-entropies in nats and its gradient in every parameter, by name. */
export type LossAndGradients = (
  parameters: Readonly<Record<string, tf.Tensor>>,
  ids: tf.Tensor2D,
  targets: tf.Tensor2D,
  shape: ModelShape,
) => { loss: number; gradients: Record<string, tf.Tensor> };

export interface GradientSettings {
  readonly shape: ModelShape;
  readonly lossAndGradients: LossAndGradients;
  /** Windows whose activations exist at one time. */
  readonly microBatch: number;
}

/** Loss (nats, summed) and gradient (flat, summed) over a batch of windows, micro-batch by micro-batch. */
export function summedGradient(
  parameters: Float32Array,
  batch: WindowBatch,
  { shape, lossAndGradients, microBatch }: GradientSettings,
): { loss: number; gradient: Float32Array } {
  const slots = parameterSlots(shape);
  const tensors = parameterTensors(parameters, shape);
  const gradient = new Float32Array(parameters.length);
  const microTokens = microBatch * shape.contextLength;
  let loss = 0;
  for (let start = 0; start < batch.inputs.length; start += microTokens) {
    const nWindows = Math.min(microTokens, batch.inputs.length - start) / shape.contextLength;
    const matrix = (values: Int32Array) =>
      tf.tensor2d(values.slice(start, start + microTokens), [nWindows, shape.contextLength], 'int32');
    const ids = matrix(batch.inputs);
    const targets = matrix(batch.targets);
    const part = lossAndGradients(tensors, ids, targets, shape);
    loss += part.loss;
    for (const { name, offset } of slots) addInto(gradient, offset, part.gradients[name]!.dataSync() as Float32Array);
    tf.dispose([ids, targets]);
    tf.dispose(part.gradients);
  }
  tf.dispose(tensors as Record<string, tf.Tensor>);
  return { loss, gradient };
}

export function addInto(sum: Float32Array, offset: number, values: Float32Array): void {
  for (let index = 0; index < values.length; index++) sum[offset + index]! += values[index]!;
}
