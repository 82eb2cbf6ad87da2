import { Rng } from '@featurescope/sae';
import { InsufficientDataError } from '../errors.ts';
import type { ContextSource } from '../types.ts';
import { totalTokens } from './activation-chunk.ts';
import { shardTokens } from './chunk-size.ts';
import { contextsFor, sampleLengths } from './chunk-source.ts';

/** The same for every run: runs over one corpus meet in the same shards. */
const ORDER_SEED = 0;

/** Which contexts make which shard: a fixed seeded order over the training contexts, cut into equal pieces of about
 *  16,384 rows, or fewer where a row is wide. Depends on the corpus and the width alone, so that a shard's number says
 *  what is in it, and the first shards are a random sample of the text. */
export class ShardLayout {
  readonly contextsPerShard: number;
  readonly nShards: number;
  readonly #order: Int32Array;
  readonly #source: ContextSource;
  readonly #rowsPerContext: number;

  /** contextIndices: the training split, ascending. Throws InsufficientDataError without contexts. */
  constructor(source: ContextSource, contextIndices: Int32Array, width: number) {
    if (contextIndices.length === 0) throw new InsufficientDataError('No contexts to take activations from');
    this.#source = source;
    const sample = sampleLengths(source, contextIndices);
    this.contextsPerShard = contextsFor(shardTokens(width), sample);
    this.nShards = Math.ceil(contextIndices.length / this.contextsPerShard);
    this.#order = Rng.fromSeed(ORDER_SEED, 'activation-shards').shuffle(contextIndices.slice());
    // The beginning-of-text token of a context gives no row.
    this.#rowsPerContext = Math.max(1, sample.nTokens / sample.nContexts - 1);
  }

  /** The contexts of a shard; the last shard may have fewer. */
  contexts(shard: number): Int32Array {
    return this.contextsOf(shard, shard + 1);
  }

  /** The contexts of the shards from ≤ shard < to. */
  contextsOf(from: number, to: number): Int32Array {
    return this.#order.subarray(from * this.contextsPerShard, to * this.contextsPerShard);
  }

  /** Rows that a shard has at most. */
  maxRows(shard: number): number {
    return totalTokens(this.#source, this.contexts(shard));
  }

  /** How many shards hold about `nRows` rows: all of them where the text has fewer; at least one. */
  shardsFor(nRows: number): number {
    const perShard = this.contextsPerShard * this.#rowsPerContext;
    return Math.min(this.nShards, Math.max(1, Math.ceil(nRows / perShard)));
  }
}
