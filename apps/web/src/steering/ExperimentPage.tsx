'use client';

import { useQuery } from '@tanstack/react-query';
import { useParams } from 'next/navigation';
import { useLiveSteering } from '../api/live-steering.ts';
import { modelsQuery, runsQuery, steeringQuery } from '../api/queries.ts';
import { ButtonLink } from '../ui/Button.tsx';
import { CopyButton } from '../ui/CopyButton.tsx';
import { Page } from '../ui/Page.tsx';
import { Ago } from '../ui/Quantity.tsx';
import { ErrorState, Skeleton } from '../ui/States.tsx';
import { describeInterventions } from './describe.ts';
import { draftFromRequest } from './draft.ts';
import { Lanes } from './Lanes.tsx';
import { Measurements } from './Measurements.tsx';
import { SteeringForm } from './SteeringForm.tsx';

export function ExperimentPage() {
  const { id } = useParams<{ id: string }>();
  const { data: experiment, error, refetch } = useQuery(steeringQuery(id));
  const { data: runs } = useQuery(runsQuery);
  const { data: models } = useQuery(modelsQuery);
  useLiveSteering(experiment);
  if (!experiment)
    return error ? (
      <ErrorState
        title="This experiment could not be loaded"
        error={error}
        retry={refetch}
        action={<ButtonLink href="/steering">All experiments</ButtonLink>}
      />
    ) : (
      <div className="flex flex-col gap-4 px-6 py-5" role="status" aria-label="Loading the experiment">
        <Skeleton className="h-7 w-72" />
        <Skeleton className="h-72 w-full" />
      </div>
    );
  const usable = runs?.filter((run) => run.nFeatures > 0 || run.id === experiment.runId);
  const link = typeof location === 'undefined' ? '' : location.href;
  return (
    <Page
      title={experiment.name ?? describeInterventions(experiment.request.interventions)}
      description={
        <>
          Ran <Ago time={experiment.createdAt} /> with seed {experiment.request.seed}, temperature{' '}
          {experiment.request.temperature}
          {experiment.request.temperature === 0 && ' (greedy)'}
        </>
      }
      actions={
        <>
          <CopyButton text={link} label="Copy link" />
          <ButtonLink href="/steering">New experiment</ButtonLink>
        </>
      }
    >
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(20rem,24rem)_minmax(0,1fr)]">
        <div className="flex min-w-0 flex-col gap-4 xl:order-2">
          <Lanes experiment={experiment} />
          <Measurements experiment={experiment} />
        </div>
        <div className="min-w-0 xl:order-1">
          {usable && models ? (
            <SteeringForm
              key={experiment.id}
              runs={usable}
              models={models}
              initial={draftFromRequest(experiment.request)}
              title="Change it and run again"
            />
          ) : (
            <Skeleton className="h-96 w-full" />
          )}
        </div>
      </div>
    </Page>
  );
}
