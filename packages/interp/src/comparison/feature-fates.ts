import type { DictionaryMatch } from './match-types.ts';

/** What became of a feature of one dictionary in the other. A partition: every feature has one fate.
 *  lost: nothing on the other side is as near as the threshold (seen from B: new).
 *  split: it is the nearest of two or more features of the other side, each above the threshold.
 *  stable: its one-to-one partner lies above the threshold.
 *  shared: something is near, but that is paired with another feature. */
export type Fate = 'stable' | 'split' | 'shared' | 'lost';

export interface SideFates {
  /** [n] */
  fates: Fate[];
  /** Of features that are split: the other side's features whose nearest they are, nearest first. */
  parts: Map<number, number[]>;
}

/** The fates of A's features in B (`forwards`) and of B's in A (`backwards`: its lost are new in B, its split are those that several
 *  of A's features went into). threshold: cosines must be greater. */
export function featureFates(match: DictionaryMatch, threshold: number): { forwards: SideFates; backwards: SideFates } {
  const { matchOfA, cosineOfA, nearestOfA, nearestCosineOfA, nearestOfB, nearestCosineOfB } = match;
  const pairedA = matchOfA.map((b, a) => (b >= 0 && cosineOfA[a] > threshold ? 1 : 0));
  const pairedB = new Int32Array(nearestOfB.length);
  matchOfA.forEach((b, a) => {
    if (pairedA[a]) pairedB[b] = 1;
  });
  const a = { paired: pairedA, nearest: nearestOfA, cosines: nearestCosineOfA };
  const b = { paired: pairedB, nearest: nearestOfB, cosines: nearestCosineOfB };
  return { forwards: sideFates(a, b, threshold), backwards: sideFates(b, a, threshold) };
}

interface Side {
  paired: Int32Array;
  nearest: Int32Array;
  cosines: Float32Array;
}

function sideFates(own: Side, other: Side, threshold: number): SideFates {
  const parts = partsOf(other, threshold);
  const fates = Array.from(own.paired, (paired, i): Fate => {
    if (parts.has(i)) return 'split';
    if (paired) return 'stable';
    return own.cosines[i] > threshold ? 'shared' : 'lost';
  });
  return { fates, parts };
}

/** Which features of the other side have this one as their nearest above the threshold, where those are two or more. */
function partsOf(other: Side, threshold: number): Map<number, number[]> {
  const parts = new Map<number, number[]>();
  other.nearest.forEach((own, i) => {
    if (own < 0 || !(other.cosines[i] > threshold)) return;
    parts.set(own, [...(parts.get(own) ?? []), i]);
  });
  for (const [own, list] of parts) {
    if (list.length < 2) parts.delete(own);
    else list.sort((x, y) => other.cosines[y] - other.cosines[x] || x - y);
  }
  return parts;
}
