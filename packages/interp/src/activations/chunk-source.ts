import type { ContextSource } from '../types.ts';
import type { ActivationChunk } from './activation-chunk.ts';

/** Where a stream's chunks come from. */
export interface ChunkSource {
  /** Values of a row. */
  readonly width: number;
  /** After so many chunks every context was seen. */
  readonly chunksPerEpoch: number;
  /** The rows of one chunk: a function of its number, and of the limit once that is known. outlierNorm null: not known yet. */
  chunk(index: number, outlierNorm: number | null): Promise<ActivationChunk>;
}

/** How long the contexts are, from at most 1,024 of them, evenly spaced. */
export function sampleLengths(
  source: ContextSource,
  contextIndices: Int32Array,
): { nContexts: number; nTokens: number } {
  const stride = Math.max(1, Math.floor(contextIndices.length / 1024));
  let nTokens = 0;
  let nContexts = 0;
  for (let j = 0; j < contextIndices.length; j += stride) {
    nTokens += source.context(contextIndices[j]).tokenIds.length;
    nContexts++;
  }
  return { nContexts, nTokens };
}

/** Contexts that hold about `rows` tokens together; never less than one. */
export function contextsFor(rows: number, sample: { nContexts: number; nTokens: number }): number {
  return Math.max(1, Math.floor((rows * sample.nContexts) / Math.max(1, sample.nTokens)));
}
