/** How a dictionary turns an input into activations, by SAELens' names. BatchTopK and matryoshka dictionaries are jumprelu once
 *  trained: their thresholds are fixed. `nmf` is ours: non-negative least squares over fixed components. */
export type InferenceArchitecture = 'standard' | 'topk' | 'abstopk' | 'jumprelu' | 'gated' | 'matching_pursuit' | 'nmf';

/** What is done to each row before it is encoded, and undone after it is decoded; see input-norm.ts. */
export type InputNorm = 'none' | 'constantNorm' | 'layerNorm';

/** When matching pursuit stops looking for further latents of a row. */
export interface PursuitConfig {
  /** Norm of the residual below which a row is done; 0 or less: never. */
  residualThreshold: number;
  maxIterations: number;
  /** A row is done once an iteration adds no latent that it did not have. */
  stopOnDuplicateSupport: boolean;
}

/** What inference needs to know of a dictionary; a training configuration is one. */
export interface InferenceConfig {
  architecture: InferenceArchitecture;
  dModel: number;
  nLatents: number;
  /** Active latents a row; topk and abstopk only. */
  k?: number;
  /** Encode x − b_dec instead of x. */
  applyBDecToInput: boolean;
  /** Default none. */
  inputNorm?: InputNorm;
  /** Rows are the concatenated heads of `attn.hook_z`, heads before their dimensions. Changes nothing of the computation. */
  concatenatedHeads?: boolean;
  /** Set for a transcoder, which reads at one place of the model and writes dOut values at another. */
  transcoder?: { dOut: number };
  /** matching_pursuit only. */
  pursuit?: PursuitConfig;
}
