import { defaultDisentangler } from '@featurescope/sae/toy/settings';
import { expect, it } from 'vitest';
import { draftFromSearch } from '../new-run/synthetic-link.ts';
import { disentanglerRunHref } from './disentangler/disentangler-run-href.ts';
import { syntheticRunHref } from './run-link.ts';
import { superposedRunHref } from './superposition/superposed-run-href.ts';

const run = {
  generator: {
    nTruths: 8,
    dModel: 4,
    activity: { kind: 'range', min: 1, max: 3 },
    magnitude: { kind: 'uniform', min: 0.5, max: 2 },
    nSamples: 5000,
    seed: 7,
  },
  dictionary: { architecture: 'topk', k: 3, nLatents: 32 },
} as const;

it('names what the request names, nested fields joined by dots', () => {
  const href = syntheticRunHref(run);
  const [path, query] = href.split('?');
  expect(path).toBe('/runs/new');
  expect(Object.fromEntries(new URLSearchParams(query))).toEqual({
    source: 'synthetic',
    'generator.nTruths': '8',
    'generator.dModel': '4',
    'generator.activity.kind': 'range',
    'generator.activity.min': '1',
    'generator.activity.max': '3',
    'generator.magnitude.kind': 'uniform',
    'generator.magnitude.min': '0.5',
    'generator.magnitude.max': '2',
    'generator.nSamples': '5000',
    'generator.seed': '7',
    architecture: 'topk',
    k: '3',
    nLatents: '32',
    seed: '7',
  });
});

it('writes no rounding errors, and leaves out what is not given', () => {
  const generator = { kind: 'superposition', sparsity: 1 - 0.7, seed: 1, nSamples: undefined } as const;
  const query = new URLSearchParams(syntheticRunHref({ ...run, generator }).split('?')[1]);
  expect(query.get('generator.sparsity')).toBe('0.3');
  expect(query.has('generator.nSamples')).toBe(false);
});

it('what the pages link to is a request that New run takes', () => {
  const superposed = { nTruths: 5, dModel: 2, sparsity: 0.9, importanceDecay: 0.9, leastMagnitude: 0, seed: 3 };
  const links = [
    superposedRunHref({ ...superposed, output: 'relu' }) ?? '',
    disentanglerRunHref({ ...defaultDisentangler, seed: 3 }),
    disentanglerRunHref({ ...defaultDisentangler, architecture: 'standard', seed: 3 }),
  ].map((href) => draftFromSearch(new URLSearchParams(href.split('?')[1])));
  expect(links[0]).toMatchObject({ generator: { kind: 'superposition', importanceDecay: '0.9', seed: '3' }, k: '1' });
  expect(links[1]).toMatchObject({
    generator: { kind: 'classes', nHidden: '16', nSamples: '4096', seed: '3' },
    ...{
      architectures: ['topk'],
      decoderInit: 'dataPoints',
      bDecInit: 'zeros',
      learningRate: '0.00025',
      nTokens: '128000',
      seed: '3',
    },
  });
  expect(links[2]).toMatchObject({ architectures: ['standard'], l1Coefficient: '0.1', learningRate: '0.01' });
  expect(superposedRunHref({ ...superposed, dModel: 1, output: 'relu' })).toBeUndefined();
});
