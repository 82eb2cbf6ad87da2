import type { PreActivations, SparseActs } from '@featurescope/sae';

/** Encoded rows of whole contexts, special and outlying rows left out. */
export interface IndexedRows {
  /** Each context's rows are [rowStart, rowEnd). */
  contexts: { contextIndex: number; documentIndex: number; rowStart: number; rowEnd: number }[];
  /** [nRows], the position of each row in its context, ascending within a context. */
  positions: Uint16Array;
  /** Latent values f > 0. */
  acts: SparseActs;
  /** Of as many rows and latents, before the activation function. */
  preActs: Pick<PreActivations, 'nRows' | 'nLatents' | 'maxima' | 'columns'>;
}
