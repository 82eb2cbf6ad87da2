import type { LaneToken, SteeringResult } from '@featurescope/contracts';

/** Indices of the steered tokens without a partner in the unsteered text, as the server aligned them. */
export const unmatchedInResult = (diff: SteeringResult['diff']): Set<number> =>
  new Set(diff.flatMap((step) => (step.op === 'same' || step.steered === null ? [] : [step.steered])));

/** The same by the longest common subsequence, for lanes the server does not align: the control, and text that is
 *  still being written. Quadratic, for lanes of at most a few hundred tokens. */
export function unmatchedTokens(baseline: LaneToken[], other: LaneToken[]): Set<number> {
  const rows = baseline.length;
  const columns = other.length;
  const common = Array.from({ length: rows + 1 }, () => new Uint16Array(columns + 1));
  for (let i = rows - 1; i >= 0; i--)
    for (let j = columns - 1; j >= 0; j--)
      common[i][j] =
        baseline[i].tokenId === other[j].tokenId
          ? common[i + 1][j + 1] + 1
          : Math.max(common[i + 1][j], common[i][j + 1]);
  const unmatched = new Set<number>();
  let i = 0;
  let j = 0;
  while (j < columns) {
    if (i < rows && baseline[i].tokenId === other[j].tokenId) {
      i++;
      j++;
    } else if (i < rows && common[i + 1][j] >= common[i][j + 1]) i++;
    else unmatched.add(j++);
  }
  return unmatched;
}
