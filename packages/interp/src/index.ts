/** Reading a model with a dictionary: activations to train on, evidence for every feature, labels, steering, evaluation. */

export { harvestChunk } from './activations/activation-chunk.ts';
export {
  ActivationStream,
  type ActivationStreamOptions,
  type StreamCounts,
  type StreamCursor,
} from './activations/activation-stream.ts';
export { specialTokenIds } from './activations/excluded-rows.ts';
export { hookWidth } from './activations/model-rows.ts';
export { type ActivationShard, shardChunks } from './activations/shard-chunks.ts';
export { ShardLayout } from './activations/shard-layout.ts';
export { checkFeature, type FeatureCheck, type FiringEffects, featureCheckPasses } from './causal/check-feature.ts';
export { choosePeers, type FeatureRate } from './causal/choose-peers.ts';
export type { CausalSubject } from './causal/context-reading.ts';
export type { EffectEstimate } from './causal/effect-estimate.ts';
export type { HurtToken } from './causal/hurt-tokens.ts';
export { type AblationCost, type FeatureRanking, rankFeatures } from './causal/rank-features.ts';
export type { Concept } from './comparison/concept-tokens.ts';
export { matchDictionaries } from './comparison/match-dictionaries.ts';
export type { DictionaryMatch } from './comparison/match-types.ts';
export { type AbsorptionResult, measureAbsorption } from './comparison/measure-absorption.ts';
export { type HealthResult, measureHealth } from './comparison/measure-health.ts';
export { featuresOfNeuron, type NeuronBasis, type NeuronLink, neuronsOfFeature } from './comparison/neuron-weights.ts';
export { type PooledOptions, type Pooling, pooledActivations } from './concepts/pooled-activations.ts';
export { type TcavFindings, tcav } from './concepts/tcav.ts';
export {
  EvidenceFormatError,
  InsufficientDataError,
  InterpretationError,
  InvalidRequestError,
} from './errors.ts';
export { type EvaluateDictionaryOptions, evaluateDictionary } from './evaluation/evaluate-dictionary.ts';
export type * from './evaluation/evaluation-result.ts';
export { ActivationHistograms, histogramEdges } from './evidence/activation-histograms.ts';
export { activationsForText, type TokenActivations } from './evidence/activations-for-text.ts';
export { decoderNeighbours } from './evidence/decoder-neighbours.ts';
export { decodeExamples, encodeExamples } from './evidence/example-codec.ts';
export { FeatureIndexer } from './evidence/feature-indexer.ts';
export { type IndexFeaturesOptions, indexFeatures } from './evidence/index-features.ts';
export { logitEffects, type OutputHead } from './evidence/logit-effects.ts';
export { EXPLAINER, type ExplainOptions, explainFeature } from './labels/explain-feature.ts';
export { labelText } from './labels/label-text.ts';
export { buildScoringPool, ScoringPool, type ScoringPoolOptions } from './labels/scoring-pool.ts';
export { TokenCatalogue } from './labels/token-catalogue.ts';
export { steer } from './steering/steer.ts';
export type { SteeringSubject } from './steering/steering-lanes.ts';
export { diffTokens } from './steering/token-diff.ts';
export type * from './types.ts';
