import { ShardLayout } from '@featurescope/interp';
import { Rng } from '@featurescope/sae';
import type { TokenCorpus } from '@featurescope/store';

/** Tokens that an index reads at most, from both sides of the corpus. */
export const maxIndexTokens = 1_000_000;
/** The same for every run, so that runs over one corpus show the same contexts, which are stored once. */
const sampleSeed = 0;

/** The contexts an index reads: all of a small corpus, else a random sample of about `maxTokens` tokens. */
export function indexSample(corpus: TokenCorpus, maxTokens = maxIndexTokens): Int32Array {
  const all = Int32Array.from({ length: corpus.nContexts }, (_, index) => index);
  if (corpus.nTokens <= maxTokens) return all;
  const shuffled = Rng.fromSeed(sampleSeed, 'index-sample').shuffle(all);
  let nTokens = 0;
  const end = shuffled.findIndex((index) => {
    nTokens += corpus.contextLength(index);
    return nTokens > maxTokens;
  });
  // In the corpus's order, in which neighbours come from one document and have like lengths.
  return shuffled.subarray(0, end === -1 ? shuffled.length : Math.max(1, end)).sort();
}

/** The contexts that the index of a run on stored activations reads: as many as others read, but the training contexts are those
 *  of the first shards, a random sample too, so that most are at hand. */
export interface StoredSample {
  /** Shards that are read whole. */
  nShards: number;
  /** What else is read, in the corpus's order: held-out text, and training text beyond the shards that the run used. */
  others: Int32Array;
  /** All of it. */
  contextIndices: Int32Array;
}

/** width: of the activations. nUsedShards: those that the run trained on. */
export function storedIndexSample(
  corpus: TokenCorpus,
  { width, nUsedShards, maxTokens = maxIndexTokens }: { width: number; nUsedShards: number; maxTokens?: number },
): StoredSample {
  const layout = new ShardLayout(corpus, corpus.contextIndices('train'), width);
  const isHeldOut = new Set(corpus.contextIndices('heldout'));
  const sample = indexSample(corpus, maxTokens);
  const heldOut = sample.filter((index) => isHeldOut.has(index));
  const nTrainingTokens = sample.reduce(
    (sum, index) => (isHeldOut.has(index) ? sum : sum + corpus.contextLength(index)),
    0,
  );
  const wanted = sample.length === corpus.nContexts ? layout.nShards : layout.shardsFor(nTrainingTokens);
  const nShards = Math.min(wanted, nUsedShards);
  const joined = (from: number) => Int32Array.from([...heldOut, ...layout.contextsOf(from, wanted)]).sort();
  return { nShards, others: joined(nShards), contextIndices: joined(0) };
}
