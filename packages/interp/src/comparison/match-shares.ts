import type { DictionaryMatch } from './match-types.ts';

const BIN_WIDTH = 0.05;

/** How many latents have a partner above a cosine. */
export interface MatchedAbove {
  cosine: number;
  nPairs: number;
  /** nPairs / nA and nPairs / nB: dictionaries of different sizes cannot both reach 1. */
  shareOfA: number;
  shareOfB: number;
}

export interface MatchSummary {
  nA: number;
  nB: number;
  nPairs: number;
  /** Mean cosine of all pairs; null where there are none. */
  meanCosine: number | null;
  above: MatchedAbove[];
  /** Pairs by cosine: bin i holds edges[i] ≤ cosine < edges[i + 1], the last one its upper edge too. */
  histogram: { edges: number[]; counts: number[] };
}

/** Counts a matching's pairs; only those that `counts` admits, where it is given (nA and nB are then those it admits).
 *  thresholds: a pair counts when its cosine is greater. */
export function summariseMatch(
  { matchOfA, cosineOfA, nearestOfB }: Pick<DictionaryMatch, 'matchOfA' | 'cosineOfA' | 'nearestOfB'>,
  thresholds: readonly number[],
  counts: { a(row: number): boolean; b(row: number): boolean } = { a: () => true, b: () => true },
): MatchSummary {
  const cosines: number[] = [];
  let nA = 0;
  matchOfA.forEach((b, a) => {
    if (!counts.a(a)) return;
    nA++;
    if (b >= 0 && counts.b(b)) cosines.push(cosineOfA[a]);
  });
  const nB = nearestOfB.reduce((sum, _, b) => sum + (counts.b(b) ? 1 : 0), 0);
  const share = (n: number, of: number) => (of === 0 ? 0 : n / of);
  return {
    ...{ nA, nB, nPairs: cosines.length },
    meanCosine: cosines.length === 0 ? null : cosines.reduce((sum, cosine) => sum + cosine, 0) / cosines.length,
    above: thresholds.map((cosine) => {
      const nPairs = cosines.filter((one) => one > cosine).length;
      return { cosine, nPairs, shareOfA: share(nPairs, nA), shareOfB: share(nPairs, nB) };
    }),
    histogram: cosineHistogram(cosines),
  };
}

/** 40 bins of .05 from −1 to 1. */
export function cosineHistogram(cosines: readonly number[]): { edges: number[]; counts: number[] } {
  const nBins = Math.round(2 / BIN_WIDTH);
  const edges = Array.from({ length: nBins + 1 }, (_, i) => Number((i * BIN_WIDTH - 1).toFixed(2)));
  const counts = new Array<number>(nBins).fill(0);
  // A hair is added because .9 / .05 is a hair below 18.
  for (const cosine of cosines) counts[Math.max(0, Math.min(nBins - 1, Math.floor((cosine + 1) / BIN_WIDTH + 1e-6)))]++;
  return { edges, counts };
}
