'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { Search, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { ApiError } from '../api/api-error.ts';
import { featuresQuery } from '../api/queries.ts';
import { useRun } from '../run/RunFrame.tsx';
import { isActive } from '../runs/run-state.ts';
import { Button, ButtonLink, IconButton } from '../ui/Button.tsx';
import { inputStyle } from '../ui/Field.tsx';
import { Quantity } from '../ui/Quantity.tsx';
import { SegmentedControl } from '../ui/SegmentedControl.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/States.tsx';
import { useDebounced } from '../ui/use-debounced.ts';
import { useSearchState } from '../ui/use-search-state.ts';
import { FeatureTable } from './FeatureTable.tsx';
import { filterFromSearch } from './filter.ts';

export function FeaturesPage() {
  const run = useRun();
  const [search, setSearch] = useSearchState();
  const filter = filterFromSearch(new URLSearchParams(search.toString()));
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
  const clear = () => setSearch({ q: null, show: null });
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
        <span className="numeric ml-auto text-ink-2" aria-live="polite">
          {pages && (
            <>
              <Quantity value={pages[0].total} /> {pages[0].total === 1 ? 'feature' : 'features'}
            </>
          )}
        </span>
      </div>
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
          {filter.q
            ? `Neither a label nor a token has “${filter.q}” in it. Try a shorter part of it, or a single token.`
            : 'No latent of this kind in this run.'}
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

/** The search box. What is typed reaches the address once the typing rests. "/" focuses it. */
function SearchField({ value, onChange }: { value: string; onChange: (q: string) => void }) {
  const [text, setText] = useState(value);
  const settled = useDebounced(text, 250);
  const input = useRef<HTMLInputElement>(null);
  const sent = useRef(value);
  useEffect(() => {
    if (settled === sent.current) return;
    sent.current = settled;
    onChange(settled);
  }, [settled, onChange]);
  // The address changed from elsewhere: Back, or a "clear" button.
  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    setText(value);
  }, [value]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing = (event.target as Element).closest('input,textarea,select,[contenteditable]');
      if (event.key !== '/' || typing) return;
      event.preventDefault();
      input.current?.focus();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  return (
    <search className="relative w-full min-w-0 sm:w-80">
      <Search size={14} className="pointer-events-none absolute top-[9px] left-2.5 text-ink-3" aria-hidden />
      <input
        ref={input}
        type="text"
        aria-label="Search features"
        placeholder="Label, token, or /regex/"
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        value={text}
        onChange={(event) => setText(event.target.value)}
        className={`${inputStyle} px-8`}
      />
      {text !== '' && (
        <IconButton label="Clear the search" className="absolute top-0 right-0" onClick={() => setText('')}>
          <X size={14} aria-hidden />
        </IconButton>
      )}
    </search>
  );
}
