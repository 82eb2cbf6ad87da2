import { expect, test } from 'vitest';
import { type CreateSyntheticRun, generatorShape, generatorWords, startRunSchema } from './synthetic.ts';

const generator = {
  nTruths: 8,
  dModel: 4,
  activity: { kind: 'range', min: 1, max: 3 },
  magnitude: { kind: 'uniform', min: 0.5, max: 2 },
};
const independent = { kind: 'independent', probability: 0.1 };
const request = {
  source: 'synthetic',
  generator,
  architecture: 'topk',
  k: 3,
  nLatents: 32,
  nTokens: 100_000,
  batchSize: 100,
  learningRate: 0.001,
  seed: 0,
};

const issuesOf = (change: object) =>
  (startRunSchema.safeParse({ ...request, ...change }).error?.issues ?? []).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );
const ofGenerator = (change: object) => issuesOf({ generator: { ...generator, ...change } });

test('fills what a generator leaves out', () => {
  const run = startRunSchema.parse(request) as CreateSyntheticRun;
  expect(run.generator).toEqual({
    ...generator,
    directions: 'random',
    correlation: null,
    hierarchy: null,
    nSamples: null,
    nEvaluationSamples: 10_000,
    seed: 0,
  });
});

test('takes the architectures and checks of other runs, without model, hook and dataset', () => {
  const { k: _, ...others } = request;
  const standard = { ...others, architecture: 'standard', l1Coefficient: 1 };
  expect(startRunSchema.parse(standard)).toMatchObject(standard);
  expect(startRunSchema.safeParse({ ...standard, l1Coefficient: -1 }).error?.issues[0].path).toEqual(['l1Coefficient']);
  expect(issuesOf({ k: 64 })).toEqual(['k: k is 64; it must not exceed nLatents (32)']);
  expect(issuesOf({ modelId: 'x' })[0]).toContain('modelId');
  expect(issuesOf({ architecture: 'pca' })[0]).toMatch(/^architecture/);
  expect(issuesOf({ source: 'model' }).join()).toContain('hookName');
  expect(issuesOf({ source: 'other' })[0]).toMatch(/^source/);
  expect(issuesOf({ nLatents: 262_144, generator: { ...generator, nTruths: 4096 } })[0]).toContain(
    'with 4096 truths at most 4096 can be compared',
  );
});

test.each<[object, string]>([
  [{ activity: { kind: 'range', min: 1, max: 9 } }, 'generator.activity.max: max is 9; there are only 8 truths'],
  [{ activity: { kind: 'range', min: 3, max: 2 } }, 'generator.activity.min: min is 3; it must not exceed max (2)'],
  [
    { activity: { kind: 'independent', probability: 0.001 } },
    'generator.activity.probability: probability is 0.001; on average only 0.008 of the truths would be active',
  ],
  [{ magnitude: { kind: 'uniform', min: 2, max: 1 } }, 'generator.magnitude.min'],
  [{ correlation: { groupSize: 2, strength: 0.5 } }, 'generator.correlation: correlation needs truths that fire by'],
  [
    {
      activity: independent,
      correlation: { groupSize: 2, strength: 0.5 },
      hierarchy: { nRoots: 2, nChildren: 2, depth: 1, childProbability: 0.5 },
    },
    'generator.hierarchy: correlation and hierarchy cannot be combined',
  ],
  [
    {
      activity: independent,
      hierarchy: { nRoots: 2, nChildren: 4, depth: 1, childProbability: 0.5, exclusive: true },
    },
    'generator.hierarchy.childProbability: childProbability is 0.5; of 4 children that exclude each other it is at most 0.25',
  ],
  [
    { nSamples: 10_000_000, dModel: 1024 },
    'generator.nSamples: nSamples is 10000000; at 1024 values each at most 32768',
  ],
  [{ nTruths: 4096, dModel: 1024, directions: 'orthogonalised' }, 'generator.directions: pushing 4096 truths'],
])('refuses a generator with %o', (change, message) => {
  expect(ofGenerator(change)[0]).toContain(message);
});

const superposition = { kind: 'superposition', nTruths: 5, dModel: 2, sparsity: 0.9 } as const;
const classes = { kind: 'classes', nClasses: 8, nInputs: 8, nHidden: 16, deviation: 0.07 } as const;

test('takes the other kinds of generator, each with its own fields and no others', () => {
  const superposed = startRunSchema.parse({ ...request, generator: superposition }) as CreateSyntheticRun;
  expect(superposed.generator).toMatchObject({ ...superposition, output: 'relu', importanceDecay: 1, nSamples: null });
  expect(generatorWords(superposed.generator)).toBe('5 features superposed in 2 dimensions');
  const classified = startRunSchema.parse({ ...request, generator: classes }) as CreateSyntheticRun;
  expect(generatorShape(classified.generator)).toEqual({ nTruths: 8, dModel: 16 });
  expect(generatorWords(classified.generator)).toBe('8 classes in 16 hidden units');
  expect(issuesOf({ generator: { ...classes, nTruths: 8 } })[0]).toContain('nTruths');
  expect(issuesOf({ generator: { ...generator, sparsity: 0.9 } })[0]).toContain('sparsity');
  expect(issuesOf({ generator: { ...classes, kind: 'other' } })[0]).toMatch(/^generator.kind/);
  expect(startRunSchema.safeParse({ ...request, generator: { ...generator, kind: 'sums' } }).success).toBe(true);
});

test.each<[object, string]>([
  [{ ...superposition, sparsity: 1 }, 'generator.sparsity'],
  [{ ...superposition, nTruths: 1024, dModel: 512 }, 'generator.nTruths: nTruths is 1024; in 512 dimensions the toy'],
  [{ ...classes, nHidden: 1024, nInputs: 512 }, 'generator.nHidden: nHidden is 1024; with 512 inputs and 8 classes'],
  [{ ...classes, nHidden: 1024, nSamples: 10_000_000 }, 'generator.nSamples: nSamples is 10000000'],
])('refuses %o', (wrong, message) => {
  expect(issuesOf({ generator: wrong })[0]).toContain(message);
});

test('a dictionary can begin from its data', () => {
  expect(startRunSchema.parse({ ...request, decoderInit: 'dataPoints' })).toMatchObject({ decoderInit: 'dataPoints' });
  expect(issuesOf({ decoderInit: 'other' })[0]).toMatch(/^decoderInit/);
});
