import type { Generator } from '@featurescope/contracts';
import { expect, it } from 'vitest';
import type { Draft } from './draft.ts';
import { checkGenerator, draftOf, smallGenerator, wideGenerator } from './generator-draft.ts';
import {
  applySyntheticPreset,
  checkSynthetic,
  matchesSyntheticPreset,
  switchSource,
  syntheticPresets,
} from './synthetic-draft.ts';

const draft: Draft = {
  name: '',
  modelId: '',
  hookName: '',
  datasetId: '',
  architectures: ['topk'],
  isSweep: false,
  nLatents: '32',
  k: '3',
  prefixes: '',
  l1Coefficient: '1',
  sparsityLoss: 'quadratic',
  l0Coefficient: '0.3',
  targetL0: '3',
  preset: 'featurescope',
  decoderInit: 'random',
  bDecInit: '',
  nTokens: '100k',
  batchSize: '250',
  learningRate: '0.003',
  seed: '0',
  activations: 'store',
  source: 'synthetic',
  generator: smallGenerator,
};

const smallRequest: Generator = {
  nTruths: 8,
  dModel: 4,
  directions: 'random',
  activity: { kind: 'range', min: 1, max: 3 },
  magnitude: { kind: 'uniform', min: 0.5, max: 2 },
  correlation: null,
  hierarchy: null,
  nSamples: 5000,
  nEvaluationSamples: 5000,
  seed: 200,
};

it('turns a draft into a request without model, hook, dataset and stored activations', () => {
  const { run, errors } = checkSynthetic(draft);
  expect(errors).toEqual({});
  expect(run).toEqual({
    source: 'synthetic',
    generator: smallRequest,
    architecture: 'topk',
    k: 3,
    nLatents: 32,
    nTokens: 100_000,
    batchSize: 250,
    learningRate: 0.003,
    seed: 0,
    name: undefined,
  });
});

it('says what is wrong at the field', () => {
  expect(checkSynthetic({ ...draft, k: '64' }).errors).toEqual({ k: 'k is 64; it must not exceed nLatents (32)' });
  expect(checkSynthetic({ ...draft, nLatents: 'many' }).errors.nLatents).toBe('“many” is not a number.');
  const generator = { ...smallGenerator, activeMax: '9' };
  expect(Object.keys(checkSynthetic({ ...draft, generator }).errors)).toEqual(['generator']);
  expect(checkGenerator(generator).errors).toEqual({ activeMax: 'max is 9; there are only 8 truths' });
  expect(checkGenerator({ ...smallGenerator, nTruths: '' }).errors.nTruths).toBe('A number is needed here.');
  expect(checkGenerator({ ...smallGenerator, dModel: '4.5' }).errors.dModel).toBe('Must be a whole number.');
  expect(checkGenerator({ ...wideGenerator, probability: '2' }).errors.probability).toBe('Must be at most 1.');
  expect(checkGenerator({ ...smallGenerator, structure: 'correlation' }).errors.structure).toContain(
    'fire by themselves',
  );
});

it('reads back every kind of generator', () => {
  const independent = { ...smallRequest, activity: { kind: 'independent', probability: 0.2, decay: 0.5 } } as const;
  const worlds: Generator[] = [
    smallRequest,
    { ...independent, magnitude: { kind: 'normal', mean: 1, deviation: 0.25 }, nSamples: null },
    { ...independent, correlation: { groupSize: 3, strength: 0.4 } },
    {
      kind: 'superposition',
      ...{ nTruths: 6, dModel: 3, sparsity: 0.8, importanceDecay: 0.9, leastMagnitude: 1, output: 'linear' as const },
      ...{ nSamples: null, nEvaluationSamples: 2000, seed: 1 },
    },
    {
      kind: 'classes',
      ...{ nClasses: 4, nInputs: 5, nHidden: 12, deviation: 0.1 },
      ...{ nSamples: 4096, nEvaluationSamples: 2000, seed: 1 },
    },
    { ...independent, hierarchy: { nRoots: 2, nChildren: 2, depth: 1, childProbability: 0.4, exclusive: true } },
  ];
  for (const world of worlds) expect(checkGenerator(draftOf(world)).generator).toEqual(world);
});

it('presets are whole requests', () => {
  for (const preset of syntheticPresets) {
    const chosen = { ...draft, ...applySyntheticPreset(preset) };
    expect(checkSynthetic(chosen).errors).toEqual({});
    expect(matchesSyntheticPreset(chosen, preset)).toBe(true);
  }
  expect(checkSynthetic({ ...draft, ...applySyntheticPreset(syntheticPresets[1]) }).run).toMatchObject({
    nTokens: 1_500_000,
    generator: {
      nTruths: 512,
      dModel: 256,
      directions: 'orthogonalised',
      activity: { kind: 'independent', probability: 0.02, decay: 0 },
      magnitude: { kind: 'normal', mean: 1, deviation: 0.25 },
      nSamples: null,
    },
  });
});

it('a world brings its start along, and the next one takes it back', () => {
  const [small, , , classes] = syntheticPresets;
  const chosen = { ...draft, ...applySyntheticPreset(classes) };
  expect(checkSynthetic(chosen).run).toMatchObject({
    generator: { kind: 'classes', nClasses: 8, nHidden: 16, nSamples: 4096 },
    ...{ decoderInit: 'dataPoints', bDecInit: 'zeros' },
    k: 1,
    nLatents: 64,
    learningRate: 0.00025,
  });
  const back = checkSynthetic({ ...chosen, ...applySyntheticPreset(small) }).run;
  expect(back).toMatchObject({ learningRate: 0.003, generator: { nTruths: 8 } });
  expect([back?.decoderInit, back?.bDecInit]).toEqual([undefined, undefined]);
});

it('switching the source ends a sweep, and back restores what suits the model', () => {
  const ofModel: Draft = { ...draft, source: undefined, generator: undefined, nLatents: '2048, 4096', isSweep: true };
  const initial: Draft = { ...draft, source: undefined, nLatents: '2048', k: '32' };
  const synthetic = { ...ofModel, ...switchSource(ofModel, 'synthetic', initial) };
  expect(synthetic).toMatchObject({ source: 'synthetic', isSweep: false, nLatents: '32', generator: smallGenerator });
  expect({ ...synthetic, ...switchSource(synthetic, 'model', initial) }).toMatchObject({
    source: 'model',
    nLatents: '2048',
    k: '32',
  });
});
