import type { FeatureFilter } from '@featurescope/contracts';

export interface FeatureSearch {
  /** Part of a label, in any case. */
  label?: string;
  /** A PostgreSQL regular expression over labels. Excludes the other two. */
  labelPattern?: string;
  /** Any of these tokens at a peak or among the top output tokens; alternative to `label`. */
  tokenIds?: number[];
}

/** Conditions on "Feature" and the values of their parameters, $1 first. */
export interface Conditions {
  conditions: string[];
  values: unknown[];
}

const shownLabel = {
  user: '"userLabel" IS NOT NULL',
  explainer: '"userLabel" IS NULL AND "labelText" IS NOT NULL',
  none: '"userLabel" IS NULL AND "labelText" IS NULL',
};

/** A run's features that pass a filter and a search. */
export function featureConditions(
  runId: string,
  { filter, search }: { filter: FeatureFilter; search: FeatureSearch | undefined },
): Conditions {
  const conditions = ['"runId" = $1'];
  const values: unknown[] = [runId];
  const bind = (value: unknown) => `$${values.push(value)}`;
  const within = (column: string, low: number | undefined, high: number | undefined) => {
    if (low !== undefined) conditions.push(`"${column}" >= ${bind(low)}::float8`);
    if (high !== undefined) conditions.push(`"${column}" <= ${bind(high)}::float8`);
  };
  if (filter.dead !== undefined) conditions.push(`"dead" = ${bind(filter.dead === 'true')}`);
  if (filter.starred !== undefined) conditions.push(filter.starred === 'true' ? '"starred"' : 'NOT "starred"');
  if (filter.label !== undefined) conditions.push(shownLabel[filter.label]);
  within('density', filter.minDensity, filter.maxDensity);
  within('labelScore', filter.minScore, filter.maxScore);
  within('maxActivation', filter.minActivation, filter.maxActivation);
  if (search) conditions.push(searchCondition(search, bind));
  return { conditions, values };
}

function searchCondition({ label, labelPattern, tokenIds }: FeatureSearch, bind: (value: unknown) => string): string {
  if (labelPattern !== undefined) return `COALESCE("userLabel", "labelText") ~* ${bind(labelPattern)}`;
  const either: string[] = [];
  if (label !== undefined) {
    const pattern = bind(`%${label.replace(/[\\%_]/g, '\\$&')}%`);
    either.push(`"labelText" ILIKE ${pattern}`, `"userLabel" ILIKE ${pattern}`);
  }
  if (tokenIds && tokenIds.length > 0) either.push(`"searchTokenIds" && ${bind(tokenIds)}::int[]`);
  return either.length > 0 ? `(${either.join(' OR ')})` : 'false';
}
