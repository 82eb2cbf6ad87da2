import { expect, it } from 'vitest';
import { checkDraft, type Draft, defaultLearningRate, parseNumber, withLearningRate } from './draft.ts';

const id = '7b0c9a52-6f0e-4f6c-8a43-0d6f3b8a1c11';
const draft: Draft = {
  name: ' ',
  modelId: id,
  hookName: 'blocks.3.hook_resid_post',
  datasetId: id,
  architecture: 'topk',
  isSweep: false,
  nLatents: '2,048',
  k: '32',
  l1Coefficient: 'not used',
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

it('moves the learning rate with architecture and width, but never one that was typed', () => {
  const usual = { ...draft, learningRate: defaultLearningRate('topk', 2048) };
  expect(usual.learningRate).toBe('0.003');
  expect(withLearningRate(usual, { nLatents: '8192' }).learningRate).toBe('0.0015');
  expect(withLearningRate(usual, { architecture: 'standard' }).learningRate).toBe('0.0005');
  expect(withLearningRate(draft, { architecture: 'standard' })).toEqual({ architecture: 'standard' });
});
