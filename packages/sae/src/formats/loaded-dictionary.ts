import type { InferenceConfig } from '../inference-config.ts';
import type { SaeWeights } from '../sae-weights.ts';

/** Where a dictionary comes from; SAELens' names in brackets. */
export interface DictionaryMetadata {
  modelName: string;
  hookName: string;
  /** Whether contexts begin with BOS. */
  prependBos: boolean;
  contextSize: number;
  datasetPath: string;
  /** Where a transcoder writes; others write where they read. */
  hookNameOut?: string;
}

/** A dictionary in the one form that all readers give: on raw rows, with every scale folded into the weights. */
export interface LoadedDictionary {
  config: InferenceConfig;
  weights: SaeWeights;
  /** What the files say of its origin. */
  metadata: Partial<DictionaryMetadata>;
  /** log10(share of tokens on which each latent fires + 1e-10), [nLatents], where the files have it. */
  logDensity?: Float32Array;
  /** What a user should know of how the files were understood: a sentence each. */
  notes: string[];
}
