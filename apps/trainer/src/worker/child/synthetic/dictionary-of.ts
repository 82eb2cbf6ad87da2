import type { InferenceConfig, SaeTrainer, SaeWeights } from '@featurescope/sae';

/** A dictionary as it stands: weights, and how they are to be read. */
export interface DictionaryParts {
  config: InferenceConfig;
  weights: SaeWeights;
}

export const dictionaryOf = (trainer: SaeTrainer): DictionaryParts => ({
  config: trainer.inferenceConfig(),
  weights: trainer.weights(),
});
