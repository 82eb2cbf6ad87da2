import type { LaneToken, SteeringResult } from '@featurescope/contracts';

/** Indices of tokens that have no partner in the other lane. */
export interface Difference {
  baseline: Set<number>;
  other: Set<number>;
}

/** The difference that the server aligned. */
export function differenceFromResult(diff: SteeringResult['diff']): Difference {
  const changed = diff.filter((step) => step.op !== 'same');
  return {
    baseline: new Set(changed.flatMap((step) => (step.baseline === null ? [] : [step.baseline]))),
    other: new Set(changed.flatMap((step) => (step.steered === null ? [] : [step.steered]))),
  };
}

/** The same by the longest common subsequence, for lanes the server does not align: the control, and text that is
 *  still being written. Quadratic, for lanes of at most a few hundred tokens. */
export function alignLanes(baseline: LaneToken[], other: LaneToken[]): Difference {
  const rows = baseline.length;
  const columns = other.length;
  const common = Array.from({ length: rows + 1 }, () => new Uint16Array(columns + 1));
  for (let i = rows - 1; i >= 0; i--)
    for (let j = columns - 1; j >= 0; j--)
      common[i][j] =
        baseline[i].tokenId === other[j].tokenId
          ? common[i + 1][j + 1] + 1
          : Math.max(common[i + 1][j], common[i][j + 1]);
  const difference: Difference = { baseline: new Set(), other: new Set() };
  let i = 0;
  let j = 0;
  while (i < rows || j < columns) {
    if (i < rows && j < columns && baseline[i].tokenId === other[j].tokenId) {
      i++;
      j++;
    } else if (j >= columns || (i < rows && common[i + 1][j] >= common[i][j + 1])) difference.baseline.add(i++);
    else difference.other.add(j++);
  }
  return difference;
}
