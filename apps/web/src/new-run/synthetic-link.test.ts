import { expect, it } from 'vitest';
import { smallGenerator } from './generator-draft.ts';
import { draftFromSearch } from './synthetic-link.ts';

const link = {
  source: 'synthetic',
  'generator.nTruths': '6',
  'generator.dModel': '2',
  'generator.activity.kind': 'independent',
  'generator.activity.probability': '0.1',
  'generator.activity.decay': '0',
  'generator.magnitude.kind': 'uniform',
  'generator.magnitude.min': '0',
  'generator.magnitude.max': '1',
  'generator.nSamples': '5000',
  'generator.seed': '7',
  architecture: 'standard',
  l1Coefficient: '0.3',
  nLatents: '32',
  seed: '7',
};

it('sets what the address names', () => {
  expect(draftFromSearch(new URLSearchParams(link))).toMatchObject({
    source: 'synthetic',
    architectures: ['standard'],
    l1Coefficient: '0.3',
    nLatents: '32',
    seed: '7',
    generator: { nTruths: '6', dModel: '2', activity: 'independent', probability: '0.1', isFinite: true, seed: '7' },
  });
});

it('changes nothing for other sources, and keeps a usable form where the address is broken', () => {
  expect(draftFromSearch(new URLSearchParams({ nLatents: '32' }))).toEqual({});
  const broken = { ...link, 'generator.nTruths': 'many', architecture: 'other', 'generator.__proto__.x': '1' };
  const draft = draftFromSearch(new URLSearchParams(broken));
  expect(draft.generator).toEqual(smallGenerator);
  expect(draft).not.toHaveProperty('architecture');
  const bare = draftFromSearch(new URLSearchParams('source=synthetic&seed=3'));
  expect(bare).toMatchObject({ source: 'synthetic', generator: smallGenerator, nLatents: '32', k: '3', seed: '3' });
});

it('sets the fields of every architecture', () => {
  const jumprelu = 'source=synthetic&architecture=jumprelu&sparsityLoss=tanh&l0Coefficient=0.2&targetL0=3';
  expect(draftFromSearch(new URLSearchParams(jumprelu))).toMatchObject({
    architectures: ['jumprelu'],
    sparsityLoss: 'tanh',
    l0Coefficient: '0.2',
    targetL0: '3',
  });
  const matryoshka = 'source=synthetic&architecture=matryoshka&k=3&prefixes=8,32&sparsityLoss=none';
  const draft = draftFromSearch(new URLSearchParams(matryoshka));
  expect(draft).toMatchObject({ architectures: ['matryoshka'], k: '3', prefixes: '8,32' });
  expect(draft).not.toHaveProperty('sparsityLoss');
});
