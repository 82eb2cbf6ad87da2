import type { DiffStep, TokenDiff } from '../types.ts';

/** Aligns two lists of tokens with the fewest replaced, inserted and deleted tokens (Levenshtein). Where several alignments
 *  are as short, a pair is kept together before a token is left alone. Takes (n + 1)(m + 1) cells of 2 bytes: meant for
 *  generated texts of up to a few thousand tokens. */
export function diffTokens(baseline: ArrayLike<number>, other: ArrayLike<number>): TokenDiff {
  const costs = editCosts(baseline, other);
  const width = other.length + 1;
  const steps: DiffStep[] = [];
  let i = 0;
  let j = 0;
  while (i < baseline.length || j < other.length) {
    const here = costs[i * width + j];
    const both = i < baseline.length && j < other.length;
    const isSame = both && baseline[i] === other[j];
    if (both && here === costs[(i + 1) * width + j + 1] + (isSame ? 0 : 1)) {
      steps.push({ op: isSame ? 'same' : 'replace', baseline: i++, other: j++ });
    } else if (i < baseline.length && here === costs[(i + 1) * width + j] + 1) {
      steps.push({ op: 'delete', baseline: i++, other: null });
    } else {
      steps.push({ op: 'insert', baseline: null, other: j++ });
    }
  }
  return { firstDivergence: firstDivergence(baseline, other), steps };
}

/** The first index at which two lists differ, the end of the shorter one included; null when they are equal. */
function firstDivergence(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) if (a[i] !== b[i]) return i;
  return a.length === b.length ? null : shorter;
}

/** [(n + 1), (m + 1)]: edits needed to turn what follows place i of a into what follows place j of b. */
function editCosts(a: ArrayLike<number>, b: ArrayLike<number>): Uint16Array {
  const width = b.length + 1;
  const costs = new Uint16Array((a.length + 1) * width);
  for (let i = a.length; i >= 0; i--) {
    for (let j = b.length; j >= 0; j--) {
      const left = a.length - i + b.length - j;
      if (i === a.length || j === b.length) costs[i * width + j] = left;
      else {
        const paired = costs[(i + 1) * width + j + 1] + (a[i] === b[j] ? 0 : 1);
        costs[i * width + j] = Math.min(paired, costs[(i + 1) * width + j] + 1, costs[i * width + j + 1] + 1);
      }
    }
  }
  return costs;
}
