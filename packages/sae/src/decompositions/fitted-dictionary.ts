import type { InferenceConfig } from '../inference-config.ts';
import type { SaeWeights } from '../sae-weights.ts';

/** A decomposition as a dictionary: evaluated, indexed, steered and exported like a trained one. */
export interface FittedDictionary {
  config: InferenceConfig;
  weights: SaeWeights;
}
