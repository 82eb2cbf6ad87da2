import { expect, test } from 'vitest';
import { evaluationSchema } from './evaluation.ts';

const versionOne = {
  version: 1,
  ...{ nTokens: 1000, fvu: 0.2, fvuWithExcluded: 0.1, explainedVariance: 0.8, mse: 3, l0: 16, l1: 40, cosine: 0.9 },
  ...{
    l2Ratio: 0.95,
    relativeReconstructionBias: 1,
    deadShare: 0.05,
    densityHistogram: { log10Edges: [-1, 0], counts: [3] },
  },
  ...{ ceClean: 3, ceSpliced: 3.2, ceZeroAblated: 9, ceMeanAblated: 6, ceRecoveredMean: 0.93, ceRecoveredZero: 0.97 },
  ...{ deltaCe: 0.2, kl: 0.1, nSplicedTokens: 500 },
};

test('an evaluation of version 1, as earlier runs have it, is still read', () => {
  expect(evaluationSchema.parse(versionOne)).toEqual(versionOne);
});

test('a version without definitions is refused', () => {
  expect(evaluationSchema.safeParse({ ...versionOne, version: 3 }).success).toBe(false);
});
