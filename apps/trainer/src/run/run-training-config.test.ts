import { architectureColumns, createSweepSchema } from '@featurescope/contracts';
import type { AnyRunForWork } from '@featurescope/db';
import { expect, test } from 'vitest';
import { runTrainingConfig } from './run-training-config.ts';

const dictionary = { architecture: 'topk', nLatents: 64, k: 4 } as const;
const common = { nTokens: 100_000, batchSize: 100, learningRate: 0.001, seed: 1 };

test.each(['featurescope', 'saelens'] as const)('a sweep takes for usual how preset %s begins', (preset) => {
  const run = { ...dictionary, ...common, nSteps: 1000, preset, ...architectureColumns(dictionary) };
  const { decoderInit, bDecInit } = runTrainingConfig(run as unknown as AnyRunForWork, 16);
  const { error } = createSweepSchema.safeParse({
    ...{
      ...common,
      modelId: crypto.randomUUID(),
      datasetId: crypto.randomUUID(),
      hookName: 'blocks.0.hook_resid_post',
    },
    variants: [
      { ...dictionary, preset },
      { ...dictionary, preset, decoderInit, bDecInit },
    ],
  });
  expect(error?.issues.map(({ message }) => message)).toEqual([expect.stringMatching(/^variants\.1 is the same as/)]);
});
