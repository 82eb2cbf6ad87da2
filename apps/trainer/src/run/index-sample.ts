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
