'use client';

import { useQuery } from '@tanstack/react-query';
import { comparableRunsQuery } from '../analysis/queries.ts';
import { ButtonLink } from '../ui/Button.tsx';
import { Page } from '../ui/Page.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/States.tsx';
import { ChooseLadder } from './ChooseLadder.tsx';
import { ChooseTwo } from './ChooseTwo.tsx';
import { ComparisonsList } from './ComparisonsList.tsx';

export function ComparePage() {
  const { data: runs, error, refetch } = useQuery(comparableRunsQuery());
  const usable = runs?.filter(({ reason }) => reason === null) ?? [];
  return (
    <Page
      title="Compare"
      description="Do two dictionaries find the same features? Their directions are matched one by one; chance stands beside every share."
    >
      {error && !runs ? (
        <ErrorState error={error} retry={refetch} />
      ) : !runs ? (
        <SkeletonRows />
      ) : usable.length === 0 ? (
        <EmptyState
          title="Nothing to compare yet"
          action={
            <ButtonLink kind="primary" href="/runs/new">
              New run
            </ButtonLink>
          }
        >
          A comparison needs dictionaries. Train two runs on the same hook point with different seeds or sizes, then
          come back.
        </EmptyState>
      ) : (
        <>
          <div className="grid items-start gap-4 lg:grid-cols-2">
            <ChooseTwo usable={usable} />
            <ChooseLadder usable={usable} />
          </div>
          <ComparisonsList />
        </>
      )}
    </Page>
  );
}
