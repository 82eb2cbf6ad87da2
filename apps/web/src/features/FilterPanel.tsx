'use client';

import { useQuery } from '@tanstack/react-query';
import { featureDistributionQuery } from '../api/queries.ts';
import { Field, SelectInput } from '../ui/Field.tsx';
import { formatFixed, formatNumber, formatShare } from '../ui/format.ts';
import { InlineError, Skeleton } from '../ui/States.tsx';
import type { ListQuery } from './filter.ts';
import { RangeFilter } from './RangeFilter.tsx';

const labels = [
  { value: '', label: 'Any or none' },
  { value: 'user', label: 'My own' },
  { value: 'explainer', label: 'Built-in explainer’s' },
  { value: 'none', label: 'None' },
];

/** What a list of features can be narrowed by, beside the search. Every change goes to the address. */
export function FilterPanel({
  runId,
  query,
  onChange,
}: {
  runId: string;
  query: ListQuery;
  onChange: (changes: Record<string, string | null>) => void;
}) {
  const { data, error } = useQuery(featureDistributionQuery(runId));
  return (
    <section
      id="feature-filters"
      aria-label="Filters"
      className="grid gap-x-6 gap-y-3 border-t border-line bg-sunken px-4 py-3 sm:grid-cols-2 md:px-6 xl:grid-cols-4"
    >
      {error && !data ? (
        <div className="sm:col-span-2 xl:col-span-3">
          <InlineError title="The distributions could not be loaded." error={error} />
        </div>
      ) : !data ? (
        ['a', 'b', 'c'].map((key) => <Skeleton key={key} className="h-24 w-full" />)
      ) : (
        <>
          <RangeFilter
            term="density"
            histogram={data.density}
            low={query.minDensity}
            high={query.maxDensity}
            format={formatShare}
            onChange={(minDensity, maxDensity) => onChange({ minDensity, maxDensity })}
          />
          <RangeFilter
            term="score"
            histogram={data.score}
            low={query.minScore}
            high={query.maxScore}
            format={(value) => formatFixed(value, 2)}
            onChange={(minScore, maxScore) => onChange({ minScore, maxScore })}
          />
          <RangeFilter
            term="maxActivation"
            histogram={data.maxActivation}
            low={query.minActivation}
            high={query.maxActivation}
            format={formatNumber}
            onChange={(minActivation, maxActivation) => onChange({ minActivation, maxActivation })}
          />
        </>
      )}
      <Field label="Label" steady={false}>
        {(control) => (
          <SelectInput
            {...control}
            value={query.label ?? ''}
            onChange={(event) => onChange({ label: event.target.value || null })}
          >
            {labels.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </SelectInput>
        )}
      </Field>
    </section>
  );
}
