'use client';

import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'next/navigation';
import { datasetsQuery, decompositionQuery, modelsQuery, runQuery, sweepQuery } from '../api/queries.ts';
import { baselineOf, initialBaseline } from '../baselines/baseline-draft.ts';
import { ButtonLink } from '../ui/Button.tsx';
import { Page } from '../ui/Page.tsx';
import { EmptyState, ErrorState, Skeleton } from '../ui/States.tsx';
import { initialDraft } from './initial-draft.ts';
import { NewRunForm } from './NewRunForm.tsx';
import { syntheticPart } from './synthetic-draft.ts';
import { draftFromSearch } from './synthetic-link.ts';

export function NewRunPage() {
  const search = useSearchParams();
  const sweepId = search.get('sweep') ?? undefined;
  const sweep = useQuery({ ...sweepQuery(sweepId ?? ''), enabled: sweepId !== undefined });
  const fromId = search.get('from') ?? sweep.data?.runs[0].id ?? null;
  const models = useQuery(modelsQuery);
  const datasets = useQuery(datasetsQuery);
  const from = useQuery({ ...runQuery(fromId ?? ''), enabled: fromId !== null });
  const isFitted = from.data?.origin === 'fitted';
  const fitted = useQuery({ ...decompositionQuery(fromId ?? ''), enabled: isFitted });
  const error = models.error ?? datasets.error;
  const retry = () => {
    void models.refetch();
    void datasets.refetch();
  };
  const ready = models.data?.filter((model) => model.status === 'ready') ?? [];
  const loading =
    !models.data ||
    !datasets.data ||
    (fromId !== null && from.isPending) ||
    (isFitted && fitted.isPending) ||
    (sweepId !== undefined && sweep.isPending);
  return (
    <Page
      title="New run"
      description={
        sweepId !== undefined
          ? 'A classical baseline on the activations of the sweep, in its table.'
          : from.data
            ? `Starting from the values of ${from.data.name}.`
            : 'Choose where to look, what to read, and how large a dictionary to learn.'
      }
    >
      {error && loading ? (
        <ErrorState error={error} retry={retry} />
      ) : loading ? (
        <div className="flex max-w-3xl flex-col gap-4" role="status" aria-label="Loading">
          <Skeleton className="h-64 w-full" />
          <Skeleton className="h-32 w-full" />
          <Skeleton className="h-56 w-full" />
        </div>
      ) : ready.length === 0 ? (
        <EmptyState title="There is no model to look at" action={<ButtonLink href="/models">Models</ButtonLink>}>
          The bundled model was not found. Start featurescope again from a complete copy.
        </EmptyState>
      ) : (
        <NewRunForm
          key={sweepId ?? fromId}
          models={ready}
          datasets={datasets.data}
          initial={{
            ...initialDraft(ready, datasets.data, from.data),
            ...syntheticPart(from.data),
            ...draftFromSearch(search),
            ...(sweepId !== undefined && { name: '' }),
          }}
          initialClassical={
            fitted.data ? baselineOf(fitted.data.request) : sweepId === undefined ? null : initialBaseline()
          }
          sweepId={sweepId}
        />
      )}
    </Page>
  );
}
