'use client';

import type { FeatureRow, Run } from '@featurescope/contracts';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { classNames } from '../ui/class-names.ts';
import { SortButton } from '../ui/DataTable.tsx';
import type { TermName } from '../ui/definitions.ts';
import { InlineError } from '../ui/States.tsx';
import { useMediaQuery } from '../ui/use-media-query.ts';
import { FeatureCard, FeatureLine } from './FeatureLine.tsx';
import type { ListQuery } from './filter.ts';
import { gridColumnsOf } from './grid-columns.ts';

type SortKey = NonNullable<ListQuery['sort']>;

const columns: { key: SortKey | null; label: string; term?: TermName; right?: boolean }[] = [
  { key: 'index', label: 'Index' },
  { key: 'label', label: 'Label' },
  { key: 'score', label: 'Score', term: 'score', right: true },
  { key: null, label: 'Best example' },
  { key: 'density', label: 'Density', term: 'density' },
  { key: 'maxActivation', label: 'Max', term: 'maxActivation', right: true },
  { key: 'outputEffect', label: 'Output tokens', term: 'logitEffect' },
];

/** Of a run on synthetic data, the nearest truth stands where others have an example. */
const columnsOf = (run: Run) =>
  run.source === 'model'
    ? columns
    : columns
        .filter(({ key }) => key !== 'score' && key !== 'outputEffect')
        .map((column) => (column.key === null ? { ...column, label: 'Nearest truth' } : column));

/** Every matching feature; only rows near the window exist, and pages are fetched as the end comes near. */
export function FeatureTable({
  run,
  rows,
  total,
  filter,
  stale,
  loadMore,
  nextPageError,
  onSort,
}: {
  run: Run;
  rows: FeatureRow[];
  total: number;
  filter: ListQuery;
  stale: boolean;
  loadMore: (() => unknown) | null;
  nextPageError: unknown;
  onSort: (sort: SortKey, order: 'asc' | 'desc') => void;
}) {
  const wide = useMediaQuery('(min-width: 1024px)');
  const body = useRef<HTMLDivElement>(null);
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => setOffset((body.current?.getBoundingClientRect().top ?? 0) + window.scrollY), []);
  const rowHeight = wide ? 32 : 60;
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollMargin: offset,
  });
  useEffect(() => virtual.measure(), [virtual]);
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (loadMore && !nextPageError && lastShown > rows.length - 40) loadMore();
  }, [lastShown, rows.length, loadMore, nextPageError]);
  const sortBy = (key: SortKey) => {
    const first = key === 'index' || key === 'label' ? 'asc' : 'desc';
    const other = first === 'asc' ? 'desc' : 'asc';
    onSort(key, filter.sort === key && filter.order === first ? other : first);
  };
  return (
    <div
      role="table"
      aria-label="Features"
      aria-rowcount={total + 1}
      aria-busy={stale}
      className="border-t border-line bg-surface"
    >
      <div role="rowgroup" className="sticky top-12 z-10 border-b border-line bg-surface max-lg:hidden">
        <div
          role="row"
          aria-rowindex={1}
          className={classNames(gridColumnsOf(run), 'h-9 items-center text-xs font-medium text-ink-2')}
        >
          {columnsOf(run).map(({ key, label, term, right }) => {
            const sorted = key !== null && filter.sort === key ? (filter.order ?? 'desc') : false;
            return (
              <div
                key={label}
                role="columnheader"
                aria-sort={sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : undefined}
                className={right ? 'text-right' : label === 'Best example' ? 'text-center' : undefined}
              >
                {key ? (
                  <SortButton term={term} sorted={sorted} onClick={() => sortBy(key)}>
                    {label}
                  </SortButton>
                ) : (
                  label
                )}
              </div>
            );
          })}
        </div>
      </div>
      <div
        ref={body}
        role="rowgroup"
        className={classNames('relative', stale && 'opacity-60')}
        style={{ height: virtual.getTotalSize() }}
      >
        {items.map((item) => {
          const feature = rows[item.index];
          const Row = wide ? FeatureLine : FeatureCard;
          return (
            <Row
              key={feature.index}
              run={run}
              feature={feature}
              rowIndex={item.index + 2}
              style={{ height: item.size, transform: `translateY(${item.start - offset}px)` }}
            />
          );
        })}
      </div>
      {nextPageError !== null && (
        <div className="p-4">
          <InlineError title="More features could not be loaded." error={nextPageError} />
        </div>
      )}
      <p className="numeric h-9 px-6 pt-2 text-center text-xs text-ink-3">
        {rows.length < total
          ? `${rows.length.toLocaleString('en-US')} of ${total.toLocaleString('en-US')} loaded`
          : 'That is all'}
      </p>
    </div>
  );
}
