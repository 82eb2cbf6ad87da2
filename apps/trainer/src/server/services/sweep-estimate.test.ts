import path from 'node:path';
import { readModelConfig } from '@featurescope/lm/config';
import { expect, test } from 'vitest';
import { type EstimateInputs, estimateRun } from './run-estimate.ts';
import { estimateSweep } from './sweep-estimate.ts';

const config = await readModelConfig(path.resolve(import.meta.dirname, '../../../../../models/featurescope-tiny'));
const id = '7b0c9a52-6f0e-4f6c-8a43-0d6f3b8a1c11';
const inputs = (nLatents: number): EstimateInputs => ({
  run: {
    ...{ modelId: id, datasetId: id, hookName: 'blocks.2.hook_resid_post', architecture: 'topk', k: 16, nLatents },
    ...{ nTokens: 1_000_000, batchSize: 512, learningRate: 0.001, seed: 1 },
  },
  ...{ config, layer: 2, width: 256, matmulGflops: 50, measured: [], untokenisedBytes: 4_000_000 },
  storedActivations: { sizeBytes: 500e6, presentBytes: 100e6, quotaBytes: 1e12 },
});
const gib = 1024 ** 3;

test('a sweep of one costs what its run costs', () => {
  const { separateSeconds, machineMemoryBytes, warning, ...estimate } = estimateSweep([inputs(512)], 8 * gib);
  expect(estimate).toEqual(estimateRun(inputs(512)));
  expect([separateSeconds, machineMemoryBytes, warning]).toEqual([estimate.seconds, 8 * gib, null]);
});

test('a sweep warns where its trainers together would fill the memory that each alone would not', () => {
  const sizes = Array.from({ length: 16 }, () => inputs(65_536));
  expect(estimateSweep(sizes.slice(0, 1), 8 * gib).warning).toBeNull();
  expect(estimateSweep(sizes, 8 * gib).warning).toMatch(/need about \d+\.\d GiB together; this machine has 8\.0 GiB/);
  expect(estimateSweep(sizes, 64 * gib).warning).toBeNull();
});

test('a sweep that stores its activations writes them once', () => {
  const stored = (nLatents: number) => ({
    ...inputs(nLatents),
    run: { ...inputs(nLatents).run, activations: 'store' as const },
  });
  const streamed = estimateSweep([inputs(512), inputs(1024)], 8 * gib);
  const kept = estimateSweep([stored(512), stored(1024)], 8 * gib);
  expect(kept.diskBytes - streamed.diskBytes).toBe(400e6);
  expect(kept.seconds).toBeLessThan(streamed.seconds);
});
