import { expect, it } from 'vitest';
import type { Draft } from './draft.ts';
import { checkSweep, endSweep } from './sweep-draft.ts';
import { withUsualValues } from './usual-values.ts';

const id = '7b0c9a52-6f0e-4f6c-8a43-0d6f3b8a1c11';
const draft: Draft = {
  name: ' Sizes ',
  modelId: id,
  hookName: 'blocks.3.hook_resid_post',
  datasetId: id,
  architectures: ['topk'],
  isSweep: true,
  nLatents: '1024, 2k',
  k: '16;32',
  prefixes: '',
  l1Coefficient: 'not used',
  sparsityLoss: 'quadratic',
  l0Coefficient: 'not used',
  targetL0: 'not used',
  preset: 'featurescope',
  decoderInit: 'random',
  bDecInit: '',
  nTokens: '1M',
  batchSize: '1024',
  learningRate: '1e-3',
  seed: '0',
  activations: 'store',
};
const errorsOf = (changes: Partial<Draft>) => checkSweep({ ...draft, ...changes }).errors;

it('makes a run of every combination, over values that all share', () => {
  const { sweep, errors } = checkSweep(draft);
  expect(errors).toEqual({});
  expect(sweep).toMatchObject({ name: 'Sizes', hookName: draft.hookName, nTokens: 1_000_000, learningRate: 0.001 });
  expect(sweep?.variants).toEqual(
    [1024, 2000].flatMap((nLatents) => [16, 32].map((k) => ({ architecture: 'topk', nLatents, k }))),
  );
  const standard = checkSweep({
    ...draft,
    architectures: ['standard'],
    nLatents: '64',
    l1Coefficient: '0.5 1 2',
  }).sweep;
  expect(standard?.variants).toEqual(
    [0.5, 1, 2].map((l1Coefficient) => ({ architecture: 'standard', nLatents: 64, l1Coefficient })),
  );
});

it('says what is wrong at the field, and with which of its values', () => {
  expect(errorsOf({ k: '16, many' })).toEqual({ k: '“many” is not a number.' });
  expect(errorsOf({ nLatents: '2,048', k: '1' })).toEqual({ nLatents: '2: Must be at least 8.' });
  expect(errorsOf({ nLatents: '8 64' }).k).toMatch(/^16: k is 16; it must not exceed nLatents \(8\)/);
  expect(errorsOf({ k: '16, 16.0' })).toEqual({ k: '16.0 is there twice.' });
  expect(errorsOf({ nLatents: ' , ' })).toEqual({ nLatents: 'A number is needed here.' });
  expect(errorsOf({ nLatents: '64', k: '8' }).k).toMatch(/several/);
  expect(errorsOf({ k: '1 2 3 4 5 6 7 8 9' })).toEqual({ k: 'These are 18 dictionaries; a sweep has at most 16.' });
  expect(errorsOf({ seed: 'x' })).toEqual({ seed: '“x” is not a number.' });
});

it('takes the learning rate from the widest dictionary', () => {
  const usual: Draft = { ...draft, nLatents: '2048', learningRate: '0.003' };
  expect(withUsualValues(usual, { nLatents: '2048, 8192' }, []).learningRate).toBe('0.0015');
});

it('sweeps over several architectures, each with its own field and, where none is typed, learning rate', () => {
  const one: Draft = { ...draft, nLatents: '1024', learningRate: '0.003', l1Coefficient: '1', targetL0: '32' };
  const several = withUsualValues(one, { architectures: ['topk', 'batchtopk', 'jumprelu', 'gated'] }, []);
  expect(several.learningRate).toBe('');
  const { sweep, errors } = checkSweep(several);
  expect(errors).toEqual({});
  expect(sweep?.learningRate).toBe(0.003);
  const common = { nLatents: 1024 };
  expect(sweep?.variants).toEqual([
    { architecture: 'topk', k: 16, ...common },
    { architecture: 'topk', k: 32, ...common },
    { architecture: 'batchtopk', k: 16, ...common },
    { architecture: 'batchtopk', k: 32, ...common },
    { architecture: 'jumprelu', sparsityLoss: 'quadratic', targetL0: 32, ...common },
    { architecture: 'gated', l1Coefficient: 2, learningRate: 0.001, ...common },
  ]);
  expect(checkSweep({ ...several, learningRate: '0.002' }).sweep?.variants[5]).toEqual({
    ...{ architecture: 'gated', l1Coefficient: 2 },
    ...common,
  });
  expect(withUsualValues(several, endSweep(several), [])).toMatchObject({
    ...{ architectures: ['topk'], k: '16', learningRate: '0.003' },
  });
});

it('needs an architecture, and says which field of which one is wrong', () => {
  expect(errorsOf({ architectures: [] }).architectures).toMatch(/Choose/);
  expect(errorsOf({ architectures: ['topk', 'gated'], l1Coefficient: '' }).l1Coefficient).toBe(
    'A number is needed here.',
  );
  expect(errorsOf({ architectures: ['matryoshka'], nLatents: '64 1024', prefixes: '128' }).prefixes).toMatch(/128.*64/);
});
