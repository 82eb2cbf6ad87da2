import type { ParameterSlot } from '../transformer/shape.ts';

/** Adam's moments for the whole flat parameter vector. */
export interface AdamState {
  readonly firstMoment: Float32Array;
  readonly secondMoment: Float32Array;
}

export interface AdamSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Decoupled, on matrices only. */
  readonly weightDecay: number;
}

export const adamSettings: AdamSettings = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1 };

/** One AdamW step on one parameter, in place, in a single pass over memory. `step` counts from 1.
 *  gradient: the slot's values, multiplied by `gradientScale` first. Source: Loshchilov & Hutter 2019, algorithm 2. */
export function adamStep(
  parameters: Float32Array,
  gradient: Float32Array,
  state: AdamState,
  update: { slot: ParameterSlot; step: number; learningRate: number; gradientScale: number; settings: AdamSettings },
): void {
  const { slot, step, learningRate, gradientScale } = update;
  const { beta1, beta2, epsilon, weightDecay } = update.settings;
  const correction = Math.sqrt(1 - beta2 ** step);
  const rate = (learningRate * correction) / (1 - beta1 ** step);
  const scaledEpsilon = epsilon * correction;
  const keep = slot.shape.length > 1 ? 1 - learningRate * weightDecay : 1;
  const { firstMoment, secondMoment } = state;
  for (let index = 0, at = slot.offset; index < slot.size; index++, at++) {
    const g = (gradient[index] as number) * gradientScale;
    const m = beta1 * (firstMoment[at] as number) + (1 - beta1) * g;
    const v = beta2 * (secondMoment[at] as number) + (1 - beta2) * g * g;
    firstMoment[at] = m;
    secondMoment[at] = v;
    parameters[at] = keep * (parameters[at] as number) - (rate * m) / (Math.sqrt(v) + scaledEpsilon);
  }
}
