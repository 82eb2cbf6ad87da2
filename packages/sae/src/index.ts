/** Sparse autoencoders: architectures, training, metrics and file formats. No I/O, no clock, no unseeded randomness. */
export type { ThresholdCalibration } from './calibration.ts';
export type {
  Architecture,
  Preset,
  SaeConfig,
  SparsityLoss,
  TrainingConfig,
  TrainingConfigInput,
} from './config.ts';
export { resolveTrainingConfig } from './config.ts';
export { type DecoderHealth, decoderHealth } from './decoder-health.ts';
export {
  type ConceptDirection,
  type ConceptMethod,
  conceptDictionary,
  conceptDirection,
} from './decompositions/concept-direction.ts';
export { heldOutAccuracy } from './decompositions/cross-validation.ts';
export { fastIca } from './decompositions/fast-ica.ts';
export type { FittedDictionary } from './decompositions/fitted-dictionary.ts';
export { independentDictionary } from './decompositions/independent-dictionary.ts';
export { type LabelledRows, pickRows } from './decompositions/labelled-rows.ts';
export { neuronDirections } from './decompositions/neuron-directions.ts';
export { nonNegativeDictionary } from './decompositions/non-negative-dictionary.ts';
export { nonNegativeFactors } from './decompositions/non-negative-factors.ts';
export { poleDictionary } from './decompositions/pole-dictionary.ts';
export { principalComponents } from './decompositions/principal-components.ts';
export { randomDirectionDictionary } from './decompositions/random-direction-dictionary.ts';
export { RowMoments } from './decompositions/row-moments.ts';
export { splitSigns } from './decompositions/split-signs.ts';
export { welchTest } from './decompositions/welch-test.ts';
export { DivergenceError, SaeConfigError, SaeFormatError } from './errors.ts';
export type { DictionaryFile, DictionaryFormat, ImportedDictionary } from './formats/import-dictionary.ts';
export { importDictionary } from './formats/import-dictionary.ts';
export type { DictionaryMetadata, LoadedDictionary } from './formats/loaded-dictionary.ts';
export type { SaelensExtras } from './formats/saelens-reader.ts';
export { fromSaelensDirectory } from './formats/saelens-reader.ts';
export type { SaelensDirectory } from './formats/saelens-writer.ts';
export { toSaelensDirectory } from './formats/saelens-writer.ts';
export { ClassActivity, type ClassProfile, type ClassPurity, classPurity } from './ground-truth/class-purity.ts';
export type { FiringAgreement } from './ground-truth/co-firing.ts';
export { CoFiring } from './ground-truth/co-firing.ts';
export { randomDictionary } from './ground-truth/random-dictionary.ts';
export type { Recovery, RecoverySummary } from './ground-truth/recovery.ts';
export { measureRecovery } from './ground-truth/recovery.ts';
export { SyntheticData } from './ground-truth/synthetic-data.ts';
export type { SyntheticSpec } from './ground-truth/synthetic-spec.ts';
export { truthCosines } from './ground-truth/truth-cosines.ts';
export type { SyntheticSamples } from './ground-truth/world.ts';
export type { InferenceArchitecture, InferenceConfig, InputNorm, PursuitConfig } from './inference-config.ts';
export { hungarian } from './matching.ts';
export type { PreActivations } from './pre-activations.ts';
export { randomDirections } from './random-directions.ts';
export type { DensityHistogram, ReconstructionResult } from './reconstruction-metrics.ts';
export { ReconstructionMetrics } from './reconstruction-metrics.ts';
export type { RngState } from './rng.ts';
export { Rng } from './rng.ts';
export type { SaeWeights } from './sae-weights.ts';
export { foldDecoderNorms } from './sae-weights.ts';
export type { Safetensors, StoredTensor } from './safetensors.ts';
export { decodeSafetensors, encodeSafetensors } from './safetensors.ts';
export type { SparseActs } from './sparse-acts.ts';
export { joinRows, pickLatents } from './sparse-acts.ts';
export { SparseAutoencoder } from './sparse-autoencoder.ts';
export { type StepProgress, stepByStep } from './stepwise.ts';
export type { StepMetrics } from './trainer.ts';
export { SaeTrainer } from './trainer.ts';
export type { TrainerState } from './trainer-state.ts';
export { decodeTrainerState, encodeTrainerState } from './trainer-state.ts';
