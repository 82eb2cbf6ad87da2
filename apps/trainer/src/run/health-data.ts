/** What the lists of a run's health are made of, as its analysis stores it. */
export interface HealthData {
  duplicates: { first: number; second: number; cosine: number }[];
  byJaccard: StoredPair[];
  byNpmi: StoredPair[];
  blocks: { features: number[]; nPairs: number }[];
  kinds: Record<string, { index: number; nFiring: number; density: number; share: number; lift: number }[]>;
}

interface StoredPair {
  first: number;
  second: number;
  nBoth: number;
  jaccard: number;
  npmi: number;
}

/** The definitions of version 1. */
export const healthThresholds = { duplicateCosine: 0.9, minBoth: 10, blockJaccard: 0.5 } as const;
