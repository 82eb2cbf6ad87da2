import type { NextTokenScores, TokenBatch } from '@featurescope/lm';

/** Sums over the scored positions of a spliced evaluation. */
export interface NextTokenSums {
  /** Positions with a next token, behind the cross-entropy. */
  nTokens: number;
  crossEntropy: number;
  /** Positions whose distributions are compared: a text's last one too, which has no next token but a prediction. */
  nCompared: number;
  kl: number;
  agreements: number;
}

export function emptySums(): NextTokenSums {
  return { nTokens: 0, crossEntropy: 0, nCompared: 0, kl: 0, agreements: 0 };
}

/** Adds the scores of the positions that are marked. isScored: [batch · seqLen]; padding never is. */
export function addScores(
  sums: NextTokenSums,
  scores: NextTokenScores,
  { batch, isScored }: { batch: TokenBatch & { lengths: Int32Array }; isScored: Uint8Array },
): void {
  for (let text = 0; text < batch.batch; text++) {
    const length = batch.lengths[text];
    for (let position = 0; position < length; position++) {
      const at = text * batch.seqLen + position;
      if (isScored[at] === 0) continue;
      if (position + 1 < length) {
        sums.nTokens++;
        sums.crossEntropy += scores.crossEntropy[at];
      }
      if (!scores.kl) continue;
      sums.nCompared++;
      // KL is never negative; float32 sums of tiny differences can be.
      sums.kl += Math.max(0, scores.kl[at]);
      if (scores.referenceTopTokens?.[at] === scores.topTokens[at]) sums.agreements++;
    }
  }
}
