import { type ModelShape, parameterSlots } from '../transformer/shape.ts';
import { type AdamSettings, adamStep } from './adamw.ts';
import type { TrainingState } from './checkpoint.ts';
import { isHiddenMatrix, type MuonSettings, muonStep } from './muon.ts';

export interface UpdateSettings {
  readonly shape: ModelShape;
  readonly learningRate: number;
  readonly clipNorm: number;
  readonly adam: AdamSettings;
  readonly muon: MuonSettings & { readonly learningRateFactor: number };
}

/** One optimiser step on `state` in place, from a gradient summed over `nTokens`: clips the norm of the mean gradient,
 *  then updates the hidden matrices by Muon and the rest by AdamW. Returns the norm before clipping. */
export function applyGradient(
  state: TrainingState,
  gradient: Float32Array,
  nTokens: number,
  settings: UpdateSettings,
): number {
  const { shape, learningRate, muon } = settings;
  const gradientNorm = norm(gradient) / nTokens;
  const gradientScale = Math.min(1, settings.clipNorm / gradientNorm) / nTokens;
  state.step += 1;
  state.tokens += nTokens;
  muonStep(state.parameters, gradient, state.firstMoment, {
    shape,
    learningRate: learningRate * muon.learningRateFactor,
    gradientScale,
    settings: muon,
  });
  for (const slot of parameterSlots(shape).filter((candidate) => !isHiddenMatrix(candidate))) {
    const own = gradient.subarray(slot.offset, slot.offset + slot.size);
    adamStep(state.parameters, own, state, {
      slot,
      step: state.step,
      learningRate,
      gradientScale,
      settings: settings.adam,
    });
  }
  return gradientNorm;
}

function norm(vector: Float32Array): number {
  let squares = 0;
  for (let index = 0; index < vector.length; index++) squares += vector[index]! * vector[index]!;
  return Math.sqrt(squares);
}
