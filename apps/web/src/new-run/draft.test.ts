import { architectures, type Model, type Run } from '@featurescope/contracts';
import { expect, it } from 'vitest';
import { fieldsOf } from './architecture-fields.ts';
import { checkDraft } from './check-draft.ts';
import type { Draft } from './draft.ts';
import { initialDraft } from './initial-draft.ts';
import { parseNumber } from './typed-numbers.ts';
import { withUsualValues } from './usual-values.ts';

const id = '7b0c9a52-6f0e-4f6c-8a43-0d6f3b8a1c11';
const draft: Draft = {
  name: ' ',
  modelId: id,
  hookName: 'blocks.3.hook_resid_post',
  datasetId: id,
  architectures: ['topk'],
  isSweep: false,
  nLatents: '2,048',
  k: '32',
  prefixes: 'not used',
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

it('reads numbers as people write them', () => {
  expect(['2,048', '16k', '1.5M', '.001', '1e-3', ' 7 '].map(parseNumber)).toEqual([
    2048, 16_000, 1_500_000, 0.001, 0.001, 7,
  ]);
  expect(['', 'x', '1..2', '5kk', '1 M x'].map(parseNumber)).toEqual(Array(5).fill(Number.NaN));
});

it('turns a good draft into the request, without the other architecture’s field', () => {
  const { run, errors } = checkDraft(draft);
  expect(errors).toEqual({});
  expect(run).toEqual({
    modelId: id,
    hookName: draft.hookName,
    datasetId: id,
    architecture: 'topk',
    nLatents: 2048,
    k: 32,
    nTokens: 1_000_000,
    batchSize: 1024,
    learningRate: 0.001,
    seed: 0,
    activations: 'store',
    name: undefined,
  });
});

it.each([
  [{ nLatents: '4' }, 'nLatents', 'Must be at least 8.'],
  [{ nLatents: '' }, 'nLatents', 'A number is needed here.'],
  [{ nLatents: 'many' }, 'nLatents', '“many” is not a number.'],
  [{ nLatents: '100.5' }, 'nLatents', 'Must be a whole number.'],
  [{ learningRate: '0' }, 'learningRate', 'Must be more than 0.'],
  [{ nTokens: '20B' }, 'nTokens', '“20B” is not a number.'],
  [{ k: '4096', nLatents: '2048' }, 'k', 'k is 4096; it must not exceed nLatents (2048)'],
  [{ datasetId: '' }, 'datasetId', 'Choose a dataset.'],
] as const)('says what is wrong with %o', (change, field, message) => {
  const { run, errors } = checkDraft({ ...draft, ...change });
  expect(run).toBeNull();
  expect(errors[field]).toBe(message);
});

it('asks each architecture for its own fields alone, and sends no others', () => {
  const asked = architectures.map((architecture) => [architecture, fieldsOf([architecture], 'quadratic')]);
  expect(Object.fromEntries(asked)).toEqual({
    topk: ['k'],
    batchtopk: ['k'],
    matryoshka: ['k', 'prefixes'],
    jumprelu: ['sparsityLoss', 'targetL0'],
    gated: ['l1Coefficient'],
    standard: ['l1Coefficient'],
  });
  expect(fieldsOf(['jumprelu'], 'tanh')).toEqual(['sparsityLoss', 'l0Coefficient']);
  const typed = { ...draft, prefixes: '64, 256', l1Coefficient: '.5', targetL0: '24', l0Coefficient: '3' };
  const sent = (changes: Partial<Draft>) => {
    const { run, errors } = checkDraft({ ...typed, ...changes });
    expect(errors).toEqual({});
    const { modelId: _, hookName: __, datasetId: ___, nLatents: ____, nTokens, batchSize, ...others } = run!;
    const { learningRate, seed, activations, name, architecture, ...own } = others;
    return own;
  };
  expect(sent({ architectures: ['batchtopk'] })).toEqual({ k: 32 });
  expect(sent({ architectures: ['matryoshka'] })).toEqual({ k: 32, prefixes: [64, 256, 2048] });
  expect(sent({ architectures: ['matryoshka'], prefixes: ' ' })).toEqual({ k: 32 });
  expect(sent({ architectures: ['jumprelu'] })).toEqual({ sparsityLoss: 'quadratic', targetL0: 24 });
  expect(sent({ architectures: ['jumprelu'], sparsityLoss: 'step' })).toEqual({
    sparsityLoss: 'step',
    l0Coefficient: 3,
  });
  expect(sent({ architectures: ['gated'], preset: 'saelens' })).toEqual({ l1Coefficient: 0.5, preset: 'saelens' });
});

it('says what is wrong with nested widths', () => {
  const error = (prefixes: string) => checkDraft({ ...draft, architectures: ['matryoshka'], prefixes }).errors.prefixes;
  expect(error('64, many')).toBe('“many” is not a number.');
  expect(error('64 32')).toMatch(/32 after 64/);
  expect(error('4096')).toMatch(/ends with 4096.*2048/);
});

const model = {
  id,
  dModel: 256,
  defaultHookName: 'narrow',
  hooks: [
    { name: 'narrow', width: 256 },
    { name: 'wide', width: 1024 },
  ],
} as Model;

it('moves what is usual with architecture, width, hook and preset, but never what was typed', () => {
  const usual = initialDraft([model], []);
  expect(usual).toMatchObject({ learningRate: '0.003', batchSize: '1024', l1Coefficient: '1', nLatents: '2048' });
  const change = (changes: Partial<Draft>, from = usual) => withUsualValues(from, changes, [model]);
  expect(change({ nLatents: '8192' }).learningRate).toBe('0.0015');
  expect(change({ architectures: ['gated'] }).learningRate).toBe('0.001');
  expect(change({ architectures: ['standard'], nLatents: '8192' }).learningRate).toBe('0.00025');
  expect(change({ hookName: 'wide' })).toMatchObject({ l1Coefficient: '2', l0Coefficient: '1.2' });
  expect(change({ architectures: ['gated'], hookName: 'wide' }).l1Coefficient).toBe('4');
  expect(change({ preset: 'saelens' })).toMatchObject({
    learningRate: '0.0003',
    batchSize: '4096',
    l1Coefficient: '1',
  });
  const typed = change({ learningRate: '0.01', l1Coefficient: '7' });
  expect(change({ architectures: ['gated'], hookName: 'wide', preset: 'saelens' }, typed)).toMatchObject({
    learningRate: '0.01',
    l1Coefficient: '7',
    batchSize: '4096',
  });
});

it('begins from the values of a run', () => {
  const run = {
    ...{ name: 'Before', modelId: id, datasetId: id, hookName: 'wide', nLatents: 512, k: null, l1Coefficient: null },
    ...{ architecture: 'jumprelu', architectureOptions: { sparsityLoss: 'tanh', l0Coefficient: 0.3 } },
    ...{ preset: 'saelens', nTokens: 1000, batchSize: 64, learningRate: 0.01, seed: 5, activations: 'stream' },
  } as Run;
  expect(initialDraft([model], [], run)).toMatchObject({
    ...{ architectures: ['jumprelu'], sparsityLoss: 'tanh', l0Coefficient: '0.3', preset: 'saelens' },
    ...{ batchSize: '64', learningRate: '0.01', seed: '5', nLatents: '512', k: '32' },
  });
  const matryoshka = { ...run, architecture: 'matryoshka', k: 8, architectureOptions: { prefixes: [64, 512] } } as Run;
  expect(initialDraft([model], [], matryoshka)).toMatchObject({ k: '8', prefixes: '64, 512' });
});
