'use client';

import { useQuery } from '@tanstack/react-query';
import { Import, Plus } from 'lucide-react';
import { runsQuery } from '../api/queries.ts';
import { ButtonLink } from '../ui/Button.tsx';
import { Page } from '../ui/Page.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/States.tsx';
import { DemoBanner } from './DemoBanner.tsx';
import { FollowRuns } from './FollowRuns.tsx';
import { RunsTable } from './RunsTable.tsx';

const beginnings = (
  <>
    <ButtonLink href="/runs/import">
      <Import size={16} aria-hidden />
      Import an SAE
    </ButtonLink>
    <ButtonLink kind="primary" href="/runs/new">
      <Plus size={16} aria-hidden />
      New run
    </ButtonLink>
  </>
);

export function RunsPage() {
  const { data: runs, error, refetch } = useQuery(runsQuery);
  return (
    <Page
      title="Runs"
      description="Each run is one dictionary of features of a model’s activations: trained here, or imported."
      actions={runs && runs.length > 0 && beginnings}
    >
      {runs ? (
        <>
          <FollowRuns runs={runs} />
          <DemoBanner runs={runs} />
          {runs.length > 0 ? (
            <RunsTable runs={runs} />
          ) : (
            <div className="rounded-lg border border-line bg-surface">
              <EmptyState title="No runs yet" action={beginnings}>
                A run reads text with a language model and learns a dictionary of features from what happens inside.
                With the quick preset the first one takes a few minutes.
              </EmptyState>
            </div>
          )}
        </>
      ) : (
        <div className="rounded-lg border border-line bg-surface">
          {error ? <ErrorState error={error} retry={refetch} /> : <SkeletonRows rows={5} />}
        </div>
      )}
    </Page>
  );
}
