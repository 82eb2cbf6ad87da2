import type { tf } from '@featurescope/tensor';
import type { BatchOutcome } from '../gradients/batch-outcome.ts';
import type { InferenceArchitecture } from '../inference-config.ts';
import type { OwnParameterName, ParameterTensors } from '../parameters.ts';
import type { TrainingConfig, TrainingConfigInput } from '../training-config.ts';

/** Fields of a configuration that only some architectures use. */
export const architectureFields = [
  'k',
  'l1Coefficient',
  'l0Coefficient',
  'targetL0',
  'sparsityLoss',
  'bandwidth',
  'initialThreshold',
  'straightThroughToInput',
  'preActCoefficient',
  'gateDecoder',
  'prefixes',
] as const;

export type ArchitectureField = (typeof architectureFields)[number];

/** What a batch's losses depend on beside its rows and the parameters. */
export interface BatchContext {
  config: TrainingConfig;
  /** λ of this step. */
  sparsityCoefficient: number;
  /** Ascending indices of the latents that count as dead. */
  deadLatents: Int32Array;
  /** Asks for the decoder's gradient without its parts along the decoder's rows, where the architecture gets that for less than a
   *  projection afterwards; BatchOutcome.isProjected says whether it did. The rows must have length 1. */
  wantsProjected?: boolean;
}

/** An architecture: a file beside this one and a line in index.ts. */
export interface ArchitectureDefinition {
  /** What the trained dictionary is by SAELens' names. */
  inference: InferenceArchitecture;
  /** The fields of its own; all others of `architectureFields` are refused. */
  fields: readonly ArchitectureField[];
  /** Trained vectors beside encoder, decoder, b_enc and b_dec, [nLatents] each. */
  ownParameters: readonly OwnParameterName[];
  /** Dead latents reconstruct the residual. */
  hasAuxK: boolean;
  /** Dead latents are pointed at badly reconstructed inputs. */
  resamples: boolean;
  /** Latents compete by pre·‖d‖ where the decoder is free, so that its norms must be folded into what is saved. */
  competes: boolean;
  /** One θ for all latents, a running mean of the smallest kept activation: what inference keeps latents by. */
  hasBatchThreshold: boolean;
  /** Its defaults, over those of all architectures. */
  defaults(input: TrainingConfigInput & Required<Pick<TrainingConfigInput, 'preset'>>): Partial<TrainingConfig>;
  /** Throws SaeConfigError where a field of its own is wrong. */
  check(config: TrainingConfig): void;
  /** Value of a parameter of its own, or of b_enc, at the start; 0 where not given. */
  initialValue?(config: TrainingConfig, name: OwnParameterName | 'bEnc'): number;
  /** Losses and hand-derived gradients of one batch. x: [nRows, dModel], scaled. Called inside a tidy. */
  batch(x: tf.Tensor2D, parameters: ParameterTensors, context: BatchContext): BatchOutcome;
}
