import type { AdamSnapshot, tf } from '@featurescope/tensor';
import type { TrainingConfig } from './training-config.ts';

/** What every architecture trains. */
export const commonParameterNames = ['encoder', 'decoder', 'bEnc', 'bDec'] as const;

/** θ of jumprelu; r_mag and b_mag of gated. */
export type OwnParameterName = 'threshold' | 'rMag' | 'bMag';
export type ParameterName = (typeof commonParameterNames)[number] | OwnParameterName;

/** One value for each parameter of an architecture, which need not have all. */
export type PerParameter<T> = Record<(typeof commonParameterNames)[number], T> & Partial<Record<OwnParameterName, T>>;

/** The trained tensors; the encoder is kept as rows, so that its sparse gradient needs no transpose. */
export type ParameterTensors = {
  /** [nLatents, dModel]: row i is the direction feature i reads, W_encᵀ. */
  encoder: tf.Tensor2D;
  /** [nLatents, dModel]: row i is the direction feature i writes, W_dec. */
  decoder: tf.Tensor2D;
  /** [nLatents]; gated: the gate's bias b_gate. */
  bEnc: tf.Tensor1D;
  /** [dModel] */
  bDec: tf.Tensor1D;
  /** [nLatents]; jumprelu. */
  threshold?: tf.Tensor1D;
  /** [nLatents]; gated: magnitudes read along W_enc ⊙ exp(r_mag). */
  rMag?: tf.Tensor1D;
  /** [nLatents]; gated. */
  bMag?: tf.Tensor1D;
};

export type ParameterSnapshots = PerParameter<AdamSnapshot>;

/** Shapes as the trainer keeps its parameters. */
export function parameterShape(
  name: ParameterName,
  { dModel, nLatents }: Pick<TrainingConfig, 'dModel' | 'nLatents'>,
): number[] {
  if (name === 'encoder' || name === 'decoder') return [nLatents, dModel];
  return [name === 'bDec' ? dModel : nLatents];
}

/** A value for each of the names. */
export function perParameter<T>(names: readonly ParameterName[], of: (name: ParameterName) => T): PerParameter<T> {
  return Object.fromEntries(names.map((name) => [name, of(name)])) as PerParameter<T>;
}
