export interface Confusion {
  truePositive: number;
  falsePositive: number;
  trueNegative: number;
  falseNegative: number;
}

/** A score above 0 says positive. labels: 1 or 0. */
export function confusionOf(scores: ArrayLike<number>, labels: Uint8Array): Confusion {
  const counts = { truePositive: 0, falsePositive: 0, trueNegative: 0, falseNegative: 0 };
  labels.forEach((label, i) => {
    if (label === 1) counts[scores[i] > 0 ? 'truePositive' : 'falseNegative']++;
    else counts[scores[i] > 0 ? 'falsePositive' : 'trueNegative']++;
  });
  return counts;
}

/** 2 TP / (2 TP + FP + FN); 0 where that is 0 / 0. */
export function f1Of({ truePositive, falsePositive, falseNegative }: Confusion): number {
  const all = 2 * truePositive + falsePositive + falseNegative;
  return all === 0 ? 0 : (2 * truePositive) / all;
}
