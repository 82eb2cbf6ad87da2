import { expect, it } from 'vitest';
import { syntheticRunHref } from './run-link.ts';

const run = {
  nTruths: 8,
  dModel: 4,
  activity: { kind: 'range', min: 1, max: 3 },
  magnitude: { kind: 'uniform', min: 0.5, max: 2 },
  seed: 7,
  nSamples: 5000,
  dictionary: { architecture: 'topk', k: 3, nLatents: 32 },
} as const;

it('names what the request names, nested fields joined by dots', () => {
  const href = syntheticRunHref(run) ?? '';
  const [path, query] = href.split('?');
  expect(path).toBe('/runs/new');
  expect(Object.fromEntries(new URLSearchParams(query))).toEqual({
    source: 'synthetic',
    'generator.nTruths': '8',
    'generator.dModel': '4',
    'generator.directions': 'random',
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
  const activity = { kind: 'independent', probability: 1 - 0.9, decay: 0 } as const;
  const query = new URLSearchParams(syntheticRunHref({ ...run, nSamples: undefined, activity })?.split('?')[1]);
  expect(query.get('generator.activity.probability')).toBe('0.1');
  expect(query.has('generator.nSamples')).toBe(false);
});

it('is nothing where the settings cannot be a run', () => {
  expect(syntheticRunHref({ ...run, dModel: 1 })).toBeUndefined();
});
