'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { ListFilter, Star } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { ApiError } from '../api/api-error.ts';
import { featuresQuery } from '../api/queries.ts';
import { useRun } from '../run/RunFrame.tsx';
import { isActive } from '../runs/run-state.ts';
import { Button, ButtonLink } from '../ui/Button.tsx';
import { classNames } from '../ui/class-names.ts';
import { Quantity } from '../ui/Quantity.tsx';
import { SegmentedControl } from '../ui/SegmentedControl.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/States.tsx';
import { useSearchState } from '../ui/use-search-state.ts';
import { FeatureTable } from './FeatureTable.tsx';
import { FilterPanel } from './FilterPanel.tsx';
import { countPanelFilters, filterFromSearch, noFilter, whyEmpty } from './filter.ts';
import { SearchField } from './SearchField.tsx';

export function FeaturesPage() {
  const run = useRun();
  const [search, setSearch] = useSearchState();
  const filter = filterFromSearch(new URLSearchParams(search.toString()));
  const nFilters = countPanelFilters(filter);
  const [filtersOpen, setFiltersOpen] = useState(nFilters > 0);
  const features = useInfiniteQuery({ ...featuresQuery(run.id, filter), enabled: run.nFeatures > 0 });
  if (run.nFeatures === 0)
    return (
      <EmptyState
        title={isActive(run) ? 'No features yet' : 'This run has no features'}
        action={
          <ButtonLink href={`/runs/${run.id}`}>{isActive(run) ? 'Watch it train' : 'Back to the run'}</ButtonLink>
        }
      >
        {isActive(run)
          ? 'Features are indexed when training is done. This page fills in by itself.'
          : 'It ended before its latents were indexed.'}
      </EmptyState>
    );
  const pages = features.data?.pages;
  const rows = pages?.flatMap((page) => page.features);
  const clear = () => setSearch(noFilter);
  return (
    <div className="flex flex-col">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 md:px-6">
        <SearchField value={filter.q ?? ''} onChange={(q) => setSearch({ q })} />
        <SegmentedControl
          label="Show"
          value={search.get('show') ?? 'alive'}
          options={[
            { value: 'alive', label: 'Alive' },
            { value: 'dead', label: 'Dead' },
            { value: 'all', label: 'All' },
          ]}
          onChange={(show) => setSearch({ show: show === 'alive' ? null : show })}
        />
        <ToggleButton
          pressed={filter.starred === 'true'}
          onClick={() => setSearch({ starred: filter.starred ? null : 'true' })}
        >
          <Star size={14} aria-hidden className={classNames(filter.starred === 'true' && 'fill-current')} />
          Starred
        </ToggleButton>
        <ToggleButton expanded={filtersOpen} onClick={() => setFiltersOpen(!filtersOpen)} controls="feature-filters">
          <ListFilter size={14} aria-hidden />
          Filters{nFilters > 0 && ` (${nFilters})`}
        </ToggleButton>
        {(nFilters > 0 || filter.starred) && (
          <Button kind="quiet" className="-ml-2" onClick={clear}>
            Clear all
          </Button>
        )}
        <span className="numeric ml-auto text-ink-2" aria-live="polite">
          {pages && (
            <>
              <Quantity value={pages[0].total} /> {pages[0].total === 1 ? 'feature' : 'features'}
            </>
          )}
        </span>
      </div>
      {filtersOpen && <FilterPanel runId={run.id} query={filter} onChange={setSearch} />}
      {features.error && !rows ? (
        <ErrorState
          title={isSearchProblem(features.error) ? 'This search did not work' : 'The features could not be loaded'}
          error={features.error}
          retry={isSearchProblem(features.error) ? undefined : features.refetch}
          action={filter.q && <Button onClick={clear}>Clear the search</Button>}
        />
      ) : !rows ? (
        <SkeletonRows rows={14} />
      ) : rows.length === 0 ? (
        <EmptyState title="No feature matches" action={<Button onClick={clear}>Show all alive features</Button>}>
          {whyEmpty(filter)}
        </EmptyState>
      ) : (
        <FeatureTable
          run={run}
          rows={rows}
          total={pages?.[0].total ?? rows.length}
          filter={filter}
          stale={features.isPlaceholderData}
          loadMore={features.hasNextPage && !features.isFetchingNextPage ? features.fetchNextPage : null}
          nextPageError={features.isFetchNextPageError ? features.error : null}
          onSort={(sort, order) => setSearch({ sort, order })}
        />
      )}
    </div>
  );
}

const isSearchProblem = (error: unknown) =>
  error instanceof ApiError &&
  (error.code === 'query_timeout' || (error.code === 'invalid_request' && error.field === 'q'));

/** A button that is on or off, or that opens what it names. */
function ToggleButton({
  pressed,
  expanded,
  controls,
  onClick,
  children,
}: {
  pressed?: boolean;
  expanded?: boolean;
  controls?: string;
  onClick: () => void;
  children: ReactNode;
}) {
  return (
    <Button
      aria-pressed={pressed}
      aria-expanded={expanded}
      aria-controls={expanded ? controls : undefined}
      className={classNames((pressed || expanded) && 'bg-accent-soft! text-accent-ink')}
      onClick={onClick}
    >
      {children}
    </Button>
  );
}
