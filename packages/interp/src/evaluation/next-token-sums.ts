import type { NextTokenScores, TokenBatch } from '@featurescope/lm';

/** Sums over the scored positions of a spliced evaluation. */
export interface NextTokenSums {
  nTokens: number;
  crossEntropy: number;
  kl: number;
  agreements: number;
}

export function emptySums(): NextTokenSums {
  return { nTokens: 0, crossEntropy: 0, kl: 0, agreements: 0 };
}

/** Adds the positions that are scored: those that are spliced themselves and have a next token. isSpliced: [batch · seqLen]. */
export function addScores(
  sums: NextTokenSums,
  scores: NextTokenScores,
  { batch, isSpliced }: { batch: TokenBatch & { lengths: Int32Array }; isSpliced: Uint8Array },
): void {
  for (let text = 0; text < batch.batch; text++) {
    for (let position = 0; position + 1 < batch.lengths[text]; position++) {
      const at = text * batch.seqLen + position;
      if (isSpliced[at] === 0) continue;
      sums.nTokens++;
      sums.crossEntropy += scores.crossEntropy[at];
      // KL is never negative; float32 sums of tiny differences can be.
      sums.kl += Math.max(0, scores.kl?.[at] ?? 0);
      if (scores.referenceTopTokens?.[at] === scores.topTokens[at]) sums.agreements++;
    }
  }
}
