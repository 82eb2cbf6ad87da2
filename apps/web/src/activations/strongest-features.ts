import type { ActivationsResponse } from '@featurescope/contracts';

type Token = ActivationsResponse['tokens'][number];
export type FiringFeature = Token['features'][number];

const most = 30;

/** Each feature once, with its highest activation anywhere in the text, strongest first. */
export function strongestFeatures(tokens: Token[]): FiringFeature[] {
  const strongest = new Map<number, FiringFeature>();
  for (const token of tokens)
    for (const feature of token.features)
      if (feature.activation > (strongest.get(feature.index)?.activation ?? 0)) strongest.set(feature.index, feature);
  return [...strongest.values()].sort((a, b) => b.activation - a.activation || a.index - b.index).slice(0, most);
}
