import { type FeatureFilter, type FeatureQuery, featureQuerySchema } from '@featurescope/contracts';

/** What the list asks for; the cursor comes from the page before. */
export type ListQuery = Omit<FeatureQuery, 'cursor' | 'limit'>;

/** What is asked for when the address says nothing: features that fire, those with the best labels first. */
export const defaultFilter = { sort: 'score', order: 'desc', dead: 'false' } as const satisfies ListQuery;

const rangeNames = [
  'minDensity',
  'maxDensity',
  'minScore',
  'maxScore',
  'minActivation',
  'maxActivation',
] as const satisfies (keyof FeatureFilter)[];

/** The filter that an address stands for. A value that means nothing falls back to the default instead of failing. */
export function filterFromSearch(parameters: URLSearchParams): ListQuery {
  const dead = parameters.get('show') === 'dead' ? 'true' : parameters.get('show') === 'all' ? undefined : 'false';
  const given = ['q', 'starred', 'label', ...rangeNames].flatMap((name) => {
    const value = parameters.get(name);
    return value ? [[name, value] as const] : [];
  });
  const parsed = featureQuerySchema.safeParse({
    ...Object.fromEntries(given),
    sort: parameters.get('sort') ?? defaultFilter.sort,
    order: parameters.get('order') ?? defaultFilter.order,
    dead,
  });
  return parsed.success ? parsed.data : defaultFilter;
}

/** Changes to an address that take every filter away; sorting stays. */
export const noFilter: Record<string, null> = Object.fromEntries(
  ['q', 'show', 'starred', 'label', ...rangeNames].map((name) => [name, null]),
);

/** How many of the filters that the panel holds are set. */
export function countPanelFilters(query: ListQuery): number {
  const ranges = [
    [query.minDensity, query.maxDensity],
    [query.minScore, query.maxScore],
    [query.minActivation, query.maxActivation],
  ];
  return ranges.filter((ends) => ends.some((end) => end !== undefined)).length + (query.label === undefined ? 0 : 1);
}

/** Why nothing is listed, and what to do about it. */
export function whyEmpty(query: ListQuery): string {
  if (countPanelFilters(query) > 0) return 'The filters leave nothing of this run. Widen a range, or clear them.';
  if (query.q)
    return `Neither a label nor a token has “${query.q}” in it. Try a shorter part of it, or a single token.`;
  if (query.starred) return 'Star a feature on its page, with the key s: it is listed here then.';
  return 'No latent of this kind in this run.';
}

/** Limits in an address have four digits: an edge may differ from its bin's by this share. */
const roundedTo = 5e-4;

/** The bins that a range spans: the first and the one after the last. An end that lies within a bin takes all of it. */
export function binsOfRange(edges: number[], low: number | undefined, high: number | undefined): [number, number] {
  const last = edges.length - 1;
  const first = low === undefined ? 0 : edges.findLastIndex((edge) => edge <= low * (1 + roundedTo));
  const end = high === undefined ? last : edges.findIndex((edge) => edge >= high * (1 - roundedTo));
  const from = Math.min(last - 1, Math.max(0, first));
  return [from, end === -1 ? last : Math.max(from + 1, end)];
}

/** The range of some bins, null where it is open: the ends of the histogram are no limits. Four digits are more exact
 *  than the eye, and keep the address short. */
export function rangeOfBins(edges: number[], [from, end]: readonly [number, number]): [string | null, string | null] {
  const short = (value: number) => String(Number(value.toPrecision(4)));
  return [from === 0 ? null : short(edges[from]), end === edges.length - 1 ? null : short(edges[end])];
}

/** Left end 0 at a density of 10⁻⁶, right end 1 at every token. */
export function densityPosition(density: number): number {
  if (!(density > 0)) return 0;
  return Math.min(1, Math.max(0.02, (Math.log10(density) + 6) / 6));
}
