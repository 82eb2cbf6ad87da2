'use client';

import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'next/navigation';
import { modelsQuery, runsQuery } from '../api/queries.ts';
import { useCurrentRun } from '../frame/use-current-run.ts';
import { isSynthetic } from '../runs/run-subject.ts';
import { ButtonLink } from '../ui/Button.tsx';
import { Page } from '../ui/Page.tsx';
import { EmptyState, ErrorState, Skeleton } from '../ui/States.tsx';
import { emptyDraft } from './draft.ts';
import { ExperimentsList } from './ExperimentsList.tsx';
import { SteeringForm } from './SteeringForm.tsx';
import { isSteerable } from './steerable.ts';

export function SteeringPage() {
  const search = useSearchParams();
  const runs = useQuery(runsQuery);
  const models = useQuery(modelsQuery);
  const current = useCurrentRun();
  const asked = search.get('feature');
  const featureIndex = asked !== null && /^\d{1,8}$/.test(asked) ? Number(asked) : null;
  const error = runs.error ?? models.error;
  const usable = runs.data?.filter((run) => run.nFeatures > 0 && !isSynthetic(run)) ?? [];
  const steerable = usable.filter((run) => isSteerable(run, models.data));
  const chosen =
    usable.find((run) => run.id === search.get('run')) ??
    steerable.find((run) => run.id === current?.id) ??
    steerable[0];
  return (
    <Page
      title="Steering"
      description="Turn features up, down or off, and compare what the model writes with and without the change."
    >
      {!runs.data || !models.data ? (
        error ? (
          <ErrorState
            error={error}
            retry={() => {
              void runs.refetch();
              void models.refetch();
            }}
          />
        ) : (
          <Skeleton className="h-96 max-w-2xl" />
        )
      ) : (
        <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,5fr)_minmax(0,4fr)]">
          {chosen ? (
            <SteeringForm
              key={`${chosen.id}-${featureIndex}`}
              runs={usable}
              models={models.data}
              initial={emptyDraft(chosen.id, featureIndex)}
              title="New experiment"
            />
          ) : (
            <div className="rounded-lg border border-line bg-surface">
              <EmptyState title="No features to steer with yet" action={<ButtonLink href="/">Runs</ButtonLink>}>
                Steering needs a run whose features have been indexed. The first one gets there by itself a few minutes
                after it starts.
              </EmptyState>
            </div>
          )}
          <ExperimentsList runs={runs.data} />
        </div>
      )}
    </Page>
  );
}
