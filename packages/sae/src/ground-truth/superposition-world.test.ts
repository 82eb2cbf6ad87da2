import { expect, test } from 'vitest';
import { SUPERPOSITION_STEPS, SuperpositionModel, stepSize, superpositionTraining } from './superposition-model.ts';
import { SyntheticData } from './synthetic-data.ts';
import type { SuperpositionSpec } from './synthetic-spec.ts';

const spec: SuperpositionSpec = {
  kind: 'superposition',
  ...{ nTruths: 5, dModel: 2, sparsity: 0.9, importanceDecay: 1, leastMagnitude: 0, output: 'relu' },
  ...{ nSamples: null, seed: 0 },
};

test('five rare features lie as a pentagon in the plane, and samples are sums of them', () => {
  const data = SyntheticData.create(spec);
  expect([data.nTruths, data.dModel, data.nClasses]).toEqual([5, 2, 0]);
  const angles = Array.from({ length: 5 }, (_, i) => Math.atan2(data.truths[2 * i + 1], data.truths[2 * i])).sort(
    (a, b) => a - b,
  );
  const gaps = angles.map((angle, i) => (i < 4 ? angles[i + 1] : angles[0] + 2 * Math.PI) - angle);
  for (const gap of gaps) expect(Math.abs(gap - (2 * Math.PI) / 5)).toBeLessThan(0.05);
  const { rows, acts, classes } = data.samples('evaluation', 0, 4096);
  expect(classes).toBeNull();
  for (let r = 0; r < 50; r++) {
    const sum = new Float64Array(2);
    for (let e = acts.rowOffsets[r]; e < acts.rowOffsets[r + 1]; e++)
      for (const d of [0, 1]) sum[d] += acts.values[e] * data.truths[2 * acts.indices[e] + d];
    for (const d of [0, 1]) expect(rows[2 * r + d]).toBeCloseTo(sum[d], 5);
  }
  // Binomial: .5 active a sample with standard error .01.
  expect(Math.abs(acts.indices.length / 4096 - 0.5)).toBeLessThan(0.05);
});

test('the toy model is the one that the Lab trains from the same settings', () => {
  const model = new SuperpositionModel({
    ...{
      nFeatures: 5,
      nDims: 2,
      sparsity: 0.9,
      importanceDecay: 1,
      leastMagnitude: 0,
      output: 'relu' as const,
      seed: 0,
    },
    ...superpositionTraining,
  });
  for (let step = 0; step < SUPERPOSITION_STEPS; step++) model.step(stepSize(step, SUPERPOSITION_STEPS));
  const { truths } = SyntheticData.create(spec);
  const { weights } = model.parameters;
  for (let i = 0; i < 5; i++) {
    const norm = Math.hypot(weights[2 * i], weights[2 * i + 1]);
    for (const d of [0, 1]) expect(truths[2 * i + d]).toBeCloseTo(weights[2 * i + d] / norm, 6);
  }
});

test('features that the toy model drops are no truths', () => {
  const linear: SuperpositionSpec = { ...spec, output: 'linear', importanceDecay: 0.5 };
  const data = SyntheticData.create(linear);
  expect(data.nTruths).toBe(2);
  const { acts } = data.samples('evaluation', 0, 1000);
  expect(Math.max(...acts.indices)).toBe(1);
});

test('refuses what the toy model refuses', () => {
  expect(() => SyntheticData.create({ ...spec, sparsity: 1 })).toThrow('sparsity must be from 0 to less than 1');
});

test('made step by step it is the same, tells how far it is, and can be given up', async () => {
  const seen: number[] = [];
  const data = await SyntheticData.createStepwise(spec, async ({ done, total }) => {
    seen.push(done);
    expect(total).toBe(SUPERPOSITION_STEPS);
  });
  expect(seen).toEqual(Array.from({ length: SUPERPOSITION_STEPS }, (_, i) => i + 1));
  expect(data.truths).toEqual(SyntheticData.create(spec).truths);
  const givenUp = SyntheticData.createStepwise(spec, async ({ done }) => {
    if (done === 3) throw new Error('enough');
  });
  await expect(givenUp).rejects.toThrow('enough');
});
