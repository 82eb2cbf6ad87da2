import type { SumsSpec } from '../ground-truth/synthetic-spec.ts';

/** 8 truths in 4 dimensions, 1 to 3 active: more truths than dimensions, few samples. */
export const smallWorld: SumsSpec = {
  nTruths: 8,
  dModel: 4,
  directions: 'random',
  activity: { kind: 'range', min: 1, max: 3 },
  magnitude: { kind: 'uniform', min: 0.5, max: 2 },
  correlation: null,
  hierarchy: null,
  nSamples: 5000,
  seed: 200,
};

/** 512 truths in 256 dimensions, each active with probability .02, every sample new. */
export const wideWorld: SumsSpec = {
  nTruths: 512,
  dModel: 256,
  directions: 'random',
  activity: { kind: 'independent', probability: 0.02, decay: 0 },
  magnitude: { kind: 'normal', mean: 1, deviation: 0.25 },
  correlation: null,
  hierarchy: null,
  nSamples: null,
  seed: 200,
};
