import { type FeatureQuery, featureQuerySchema } from '@featurescope/contracts';

export type FeatureFilter = Pick<FeatureQuery, 'sort' | 'order' | 'q' | 'dead'>;

/** What is asked for when the address says nothing: features that fire, those with the best labels first. */
export const defaultFilter = { sort: 'score', order: 'desc', dead: 'false' } as const satisfies FeatureFilter;

/** The filter that an address stands for. A value that means nothing falls back to the default instead of failing. */
export function filterFromSearch(parameters: URLSearchParams): FeatureFilter {
  const dead = parameters.get('show') === 'dead' ? 'true' : parameters.get('show') === 'all' ? undefined : 'false';
  const parsed = featureQuerySchema.safeParse({
    sort: parameters.get('sort') ?? defaultFilter.sort,
    order: parameters.get('order') ?? defaultFilter.order,
    q: parameters.get('q') || undefined,
    dead,
  });
  return parsed.success ? parsed.data : defaultFilter;
}

/** Left end 0 at a density of 10⁻⁶, right end 1 at every token. */
export function densityPosition(density: number): number {
  if (!(density > 0)) return 0;
  return Math.min(1, Math.max(0.02, (Math.log10(density) + 6) / 6));
}
