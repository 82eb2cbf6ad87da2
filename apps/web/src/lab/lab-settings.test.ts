import { expect, it } from 'vitest';
import { readSettings, seedField, writeSettings } from './lab-settings.ts';

const fields = {
  sparsity: { kind: 'number', fallback: 0.9, min: 0, max: 0.99 },
  k: { kind: 'number', fallback: 3, min: 1, max: 8, isInteger: true },
  output: { kind: 'choice', fallback: 'relu', options: ['linear', 'relu'] },
  architectures: { kind: 'list', fallback: 'topk', options: ['topk', 'standard', 'gated'] },
  seed: seedField,
} as const;

const read = (query: string) => readSettings(fields, new URLSearchParams(query));

it('reads what an address says', () => {
  expect(read('sparsity=.5&k=2&output=linear&seed=7')).toEqual({
    sparsity: 0.5,
    k: 2,
    output: 'linear',
    architectures: 'topk',
    seed: 7,
  });
});

it('takes the default for what is missing or makes no sense, and the nearest end for what is out of range', () => {
  const defaults = { sparsity: 0.9, k: 3, output: 'relu', architectures: 'topk', seed: 0 };
  expect(read('')).toEqual(defaults);
  expect(read('sparsity=&k=many&output=softmax&seed=NaN')).toEqual(defaults);
  expect(read('sparsity=7&k=2.6&seed=-1')).toEqual({ ...defaults, sparsity: 0.99, k: 3, seed: 0 });
  expect(read('k=1e9').k).toBe(8);
});

it('takes the known ones of a list, in their own order', () => {
  expect(read('architectures=gated,perceptron,standard').architectures).toBe('standard,gated');
  expect(read('architectures=,').architectures).toBe('topk');
});

it('writes every setting, and reads the same again', () => {
  const settings = { sparsity: 0.1 + 0.2, k: 4, output: 'linear', architectures: 'topk,gated', seed: 12 } as const;
  expect(writeSettings(settings)).toBe('sparsity=0.3&k=4&output=linear&architectures=topk%2Cgated&seed=12');
  expect(read(writeSettings(settings))).toEqual({ ...settings, sparsity: 0.3 });
});
