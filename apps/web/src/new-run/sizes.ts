import type { Model } from '@featurescope/contracts';
import type { Draft } from './draft.ts';
import { parseNumber } from './typed-numbers.ts';

/** Sizes to begin with. */
export interface Size {
  id: string;
  label: string;
  meaning: string;
  latentsPerDimension: number;
  nTokens: number;
}

export const sizes: Size[] = [
  {
    id: 'quick',
    label: 'Quick look',
    meaning: 'A coarse dictionary in a minute or two.',
    latentsPerDimension: 4,
    nTokens: 300_000,
  },
  {
    id: 'balanced',
    label: 'Balanced',
    meaning: 'Enough to browse and steer.',
    latentsPerDimension: 8,
    nTokens: 1_500_000,
  },
  {
    id: 'thorough',
    label: 'Thorough',
    meaning: 'Finer features, several times the wait.',
    latentsPerDimension: 16,
    nTokens: 5_000_000,
  },
];

export const sizeFields = (size: Size, model: Model | undefined): Pick<Draft, 'nLatents' | 'nTokens'> => ({
  nLatents: String(size.latentsPerDimension * (model?.dModel ?? 256)),
  nTokens: String(size.nTokens),
});

export const matchesSize = (draft: Draft, size: Size, model: Model | undefined): boolean => {
  const { nLatents, nTokens } = sizeFields(size, model);
  return parseNumber(draft.nLatents) === Number(nLatents) && parseNumber(draft.nTokens) === Number(nTokens);
};
