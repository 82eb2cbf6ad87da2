import { tf } from '../native-tensorflow.ts';
import { parameterTensors } from '../transformer/parameter-tensors.ts';
import { type ModelShape, parameterSlots } from '../transformer/shape.ts';
import { type AdamSettings, adamStep } from './adamw.ts';
import type { TrainingState } from './checkpoint.ts';
import { isHiddenMatrix, type MuonSettings, muonStep } from './muon.ts';
import type { WindowBatch } from './window-stream.ts';

/** Sum of cross-entropies in nats and its gradient in every parameter, by name. */
export type LossAndGradients = (
  parameters: Readonly<Record<string, tf.Tensor>>,
  ids: tf.Tensor2D,
  targets: tf.Tensor2D,
  shape: ModelShape,
) => { loss: number; gradients: Record<string, tf.Tensor> };

export interface StepSettings {
  readonly shape: ModelShape;
  readonly lossAndGradients: LossAndGradients;
  /** Windows whose activations exist at one time. */
  readonly microBatch: number;
  readonly learningRate: number;
  readonly clipNorm: number;
  readonly adam: AdamSettings;
  /** Absent: Adam updates the hidden matrices too. */
  readonly muon?: MuonSettings & { readonly learningRateFactor: number };
}

/** One optimiser step on a batch of windows: accumulates gradients over micro-batches, clips their norm, updates `state` in
 *  place by Muon (hidden matrices) and AdamW (the rest). Returns the mean loss in nats a token and the gradient's norm before clipping. */
export function trainStep(
  state: TrainingState,
  batch: WindowBatch,
  settings: StepSettings,
): { loss: number; gradientNorm: number } {
  const { shape } = settings;
  const slots = parameterSlots(shape);
  const nTokens = batch.inputs.length;
  const tensors = parameterTensors(state.parameters, shape);
  const accumulated = new Float32Array(state.parameters.length);
  let loss = 0;
  const microTokens = settings.microBatch * shape.contextLength;
  for (let start = 0; start < nTokens; start += microTokens) {
    const dimensions: [number, number] = [
      Math.min(microTokens, nTokens - start) / shape.contextLength,
      shape.contextLength,
    ];
    const ids = tf.tensor2d(batch.inputs.slice(start, start + microTokens), dimensions, 'int32');
    const targets = tf.tensor2d(batch.targets.slice(start, start + microTokens), dimensions, 'int32');
    const part = settings.lossAndGradients(tensors, ids, targets, shape);
    loss += part.loss;
    for (const { name, offset } of slots)
      addInto(accumulated, offset, part.gradients[name]!.dataSync() as Float32Array);
    tf.dispose([ids, targets, part.gradients]);
  }
  tf.dispose(tensors as Record<string, tf.Tensor>);

  const gradientNorm = norm(accumulated) / nTokens;
  state.step += 1;
  state.tokens += nTokens;
  const gradientScale = Math.min(1, settings.clipNorm / gradientNorm) / nTokens;
  if (settings.muon) {
    muonStep(state.parameters, accumulated, state.firstMoment, {
      shape,
      learningRate: settings.learningRate * settings.muon.learningRateFactor,
      gradientScale,
      settings: settings.muon,
    });
  }
  for (const slot of settings.muon ? slots.filter((slot) => !isHiddenMatrix(slot)) : slots) {
    const gradient = accumulated.subarray(slot.offset, slot.offset + slot.size);
    adamStep(state.parameters, gradient, state, {
      slot,
      step: state.step,
      learningRate: settings.learningRate,
      gradientScale,
      settings: settings.adam,
    });
  }
  return { loss: loss / nTokens, gradientNorm };
}

function addInto(sum: Float32Array, offset: number, values: Float32Array): void {
  for (let index = 0; index < values.length; index++) sum[offset + index]! += values[index]!;
}

function norm(vector: Float32Array): number {
  let squares = 0;
  for (let index = 0; index < vector.length; index++) squares += vector[index]! * vector[index]!;
  return Math.sqrt(squares);
}
