import { startTestBackend } from '@featurescope/tensor/testing';
import { beforeAll, expect, it } from 'vitest';
import { densityPeaks } from './density-peaks.ts';
import { Rng } from './rng.ts';
import { SaeTrainer } from './trainer.ts';

beforeAll(async () => {
  await startTestBackend();
});

it('finds the most crowded directions first, whatever the lengths, and none twice', () => {
  // Along (1, 0) three rows, along (0, 1) two, one between; (.99995, .01) is a neighbour of the first; a row of zeros has no direction.
  const rows = Float32Array.from([0, 2, 5, 0, 3, 3, 1, 0, 0, 0, 0.99995, 0.01, 0, 7]);
  const peaks = densityPeaks(rows, 2, 5);
  expect(peaks).toHaveLength(3 * 2);
  expect([...peaks]).toEqual([1, 0, 0, 1, Math.fround(Math.SQRT1_2), Math.fround(Math.SQRT1_2)]);
  expect([...densityPeaks(rows, 2, 1)]).toEqual([1, 0]);
});

it('counts neighbours over more rows than a block', () => {
  const rng = Rng.fromSeed(1);
  const rows = new Float32Array(2500 * 3);
  for (let r = 0; r < 2500; r++) {
    const direction = r < 1300 ? [0, 0, 1] : [rng.normal(), rng.normal(), rng.normal()];
    for (let j = 0; j < 3; j++) rows[(2499 - r) * 3 + j] = (1 + rng.float()) * direction[j];
  }
  expect([...densityPeaks(rows, 3, 1)]).toEqual([0, 0, 1]);
});

it('has nothing to offer where all rows are zero', () => {
  expect(densityPeaks(new Float32Array(6), 2, 4)).toHaveLength(0);
});

it('starts a trainer from the peaks of its first rows, and from random directions where they run out', () => {
  const input = { architecture: 'topk', k: 1, dModel: 2, nLatents: 4, nSteps: 10, seed: 3 } as const;
  const plain = { normalizeActivations: 'none', bDecInit: 'zeros', decoderInit: 'densityPeaks' } as const;
  const rows = Float32Array.from([0, 2, 4, 0, 3, 0]);
  const started = SaeTrainer.create({ ...input, ...plain }, rows);
  const random = SaeTrainer.create({ ...input, ...plain, decoderInit: 'random' }, rows);
  const { encoder, decoder } = started.state().parameters;
  expect([...decoder.value.subarray(0, 4)]).toEqual([1, 0, 0, 1]);
  expect([...decoder.value.subarray(4)]).toEqual([...random.state().parameters.decoder.value.subarray(4)]);
  expect(encoder.value).toEqual(decoder.value);
  started.dispose();
  random.dispose();
});

it('moves decoder and b_dec at their share of the learning rate', () => {
  const input = { architecture: 'topk', k: 1, dModel: 2, nLatents: 4, nSteps: 10, batchSize: 3, seed: 3 } as const;
  const rows = Float32Array.from([0.5, 2, 4, -1, 3, 1]);
  const moved = (decoderLearningRateFactor: number) => {
    const trainer = SaeTrainer.create({ ...input, decoderLearningRateFactor }, rows);
    const before = trainer.state().parameters;
    trainer.step(rows);
    const after = trainer.state().parameters;
    trainer.dispose();
    const distance = (name: 'encoder' | 'bDec') =>
      Math.hypot(...after[name].value.map((value, i) => value - before[name].value[i]));
    return { encoder: distance('encoder'), bDec: distance('bDec') };
  };
  const [full, tenth] = [moved(1), moved(0.1)];
  expect(tenth.encoder).toBeCloseTo(full.encoder, 7);
  // Float32 weights of about 1 move by some thousandths.
  expect(tenth.bDec / full.bDec).toBeCloseTo(0.1, 2);
});

it('holds back the rows of the inner dictionary alone, where there is one', () => {
  const input = { architecture: 'topk', k: 2, dModel: 2, nLatents: 4, nSteps: 10, batchSize: 3, seed: 3 } as const;
  const rows = Float32Array.from([0.5, 2, 4, -1, 3, 1]);
  const moved = (decoderLearningRateFactor: number) => {
    const trainer = SaeTrainer.create({ ...input, prefixes: [2, 4], decoderLearningRateFactor }, rows);
    const before = trainer.state().parameters.decoder.value;
    trainer.step(rows);
    const after = trainer.state().parameters.decoder.value;
    trainer.dispose();
    return { inner: after.subarray(0, 4).map((value, i) => value - before[i]), outer: after.subarray(4) };
  };
  const [full, tenth] = [moved(1), moved(0.1)];
  expect(tenth.outer).toEqual(full.outer);
  expect(Math.hypot(...full.inner)).toBeGreaterThan(1e-4);
  expect(Math.hypot(...tenth.inner) / Math.hypot(...full.inner)).toBeCloseTo(0.1, 2);
});
