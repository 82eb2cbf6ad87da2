import { expect, test } from 'vitest';
import { createSweepSchema, runsOfSweep } from './sweeps.ts';

const sweepOf = (...variants: object[]) =>
  createSweepSchema.safeParse({
    modelId: crypto.randomUUID(),
    datasetId: crypto.randomUUID(),
    hookName: 'blocks.2.hook_resid_post',
    ...{ nTokens: 100_000, batchSize: 100, learningRate: 0.001, seed: 1, name: 'Starts' },
    variants: variants.map((variant) => ({ architecture: 'topk', k: 4, nLatents: 64, ...variant })),
  });

test('variants that begin in another way have names of their own', () => {
  const starts = [
    {},
    { decoderInit: 'dataPoints' },
    { decoderInit: 'densityPeaks', bDecInit: 'zeros' },
    { preset: 'saelens' },
    { preset: 'saelens', bDecInit: 'geometricMedian' },
  ];
  const runs = runsOfSweep(createSweepSchema.parse(sweepOf(...starts).data));
  expect(runs.map(({ name }) => name)).toEqual([
    'Starts · 64 latents, TopK, k 4',
    'Starts · 64 latents, TopK, k 4, from data points',
    'Starts · 64 latents, TopK, k 4, from density peaks, bias from zeros',
    'Starts · 64 latents, TopK, k 4, SAELens preset',
    'Starts · 64 latents, TopK, k 4, SAELens preset, bias from the median',
  ]);
});

test.each([
  [{}, { decoderInit: 'random' }],
  [{ bDecInit: 'geometricMedian' }, { preset: 'featurescope', decoderInit: 'random' }],
  [{ preset: 'saelens' }, { preset: 'saelens', bDecInit: 'zeros' }],
])('%j is the same as %j, which only says what is usual', (one, other) => {
  const [issue] = sweepOf(one, other).error?.issues ?? [];
  expect(issue).toMatchObject({ path: ['variants', 1], message: expect.stringMatching(/^variants\.1 is the same as/) });
});
