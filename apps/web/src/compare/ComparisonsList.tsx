'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { comparisonsQuery } from '../analysis/queries.ts';
import { formatShare } from '../ui/format.ts';
import { Panel } from '../ui/Panel.tsx';
import { Ago } from '../ui/Quantity.tsx';
import { InlineError, SkeletonRows } from '../ui/States.tsx';
import { describePlace, describeSide } from './describe.ts';

/** Comparisons that were made, newest first. */
export function ComparisonsList() {
  const { data: comparisons, error } = useQuery(comparisonsQuery);
  return (
    <Panel flush title="Comparisons so far" aside={comparisons && comparisons.length > 0 && 'matched above .7'}>
      {error && !comparisons ? (
        <div className="p-4">
          <InlineError error={error} />
        </div>
      ) : !comparisons ? (
        <SkeletonRows rows={3} />
      ) : comparisons.length === 0 ? (
        <p className="px-4 pb-5 text-ink-2">
          Every comparison is kept here. It is computed once: the same two dictionaries give the same page.
        </p>
      ) : (
        <ul>
          {comparisons.map(({ id, a, b, result, status, createdAt }) => (
            <li key={id} className="border-t border-line">
              <Link
                href={`/compare/${id}`}
                className="flex items-baseline gap-4 px-4 py-2 -outline-offset-2 hover:bg-hover"
              >
                <span className="min-w-0 flex-1">
                  <span className="block truncate font-medium">
                    {a.runName} → {b.runName}
                  </span>
                  <span className="block truncate text-xs text-ink-3">
                    {describePlace(a)} · {describeSide(a)} → {describeSide(b)}
                  </span>
                </span>
                <span className="numeric shrink-0 text-right">
                  {result ? formatShare(result.all.above[0].shareOfA) : status === 'failed' ? 'failed' : 'under way'}
                  <span className="block text-xs text-ink-3">
                    <Ago time={createdAt} />
                  </span>
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
