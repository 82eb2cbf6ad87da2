/** What an intervention is told about the residual stream it is given. */
export interface ResidualSite {
  batch: number;
  /** Positions in this chunk. */
  seqLen: number;
  /** Position in the text of the chunk's first token: 0, except in generation after the prompt. */
  startPosition: number;
  dModel: number;
  /** [batch], how many of each row's positions are real; the rest is padding. */
  lengths: Int32Array;
}

/** Changes the residual stream between two blocks. */
export interface Intervention {
  /** `blocks.{i}.hook_resid_pre` or `blocks.{i}.hook_resid_post`. */
  hookName: string;
  /** Mutates residual, [batch, seqLen, dModel], in place. Leaving it alone leaves every later value bit-identical.
   *  In generation it is called once with the whole prompt, then once for each position. */
  apply(residual: Float32Array, at: ResidualSite): void | Promise<void>;
}
