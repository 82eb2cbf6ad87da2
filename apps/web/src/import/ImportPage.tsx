'use client';

import { useQuery } from '@tanstack/react-query';
import { datasetsQuery, dictionariesQuery, modelsQuery } from '../api/queries.ts';
import { ButtonLink } from '../ui/Button.tsx';
import { Page } from '../ui/Page.tsx';
import { EmptyState, ErrorState, Skeleton } from '../ui/States.tsx';
import { ImportForm } from './ImportForm.tsx';

export function ImportPage() {
  const models = useQuery(modelsQuery);
  const datasets = useQuery(datasetsQuery);
  const found = useQuery(dictionariesQuery);
  const error = models.error ?? datasets.error ?? found.error;
  const retry = () => {
    for (const query of [models, datasets, found]) void query.refetch();
  };
  const ready = models.data?.filter((model) => model.status === 'ready') ?? [];
  const loading = !models.data || !datasets.data || !found.data;
  return (
    <Page
      title="Import an SAE"
      description="A dictionary that was trained elsewhere is measured, indexed and labelled here, and then browsed and steered as any other."
    >
      {error && loading ? (
        <ErrorState error={error} retry={retry} />
      ) : loading ? (
        <div className="flex max-w-3xl flex-col gap-4" role="status" aria-label="Loading">
          <Skeleton className="h-40 w-full" />
          <Skeleton className="h-40 w-full" />
          <Skeleton className="h-32 w-full" />
        </div>
      ) : ready.length === 0 ? (
        <EmptyState title="There is no model to put it to" action={<ButtonLink href="/models">Models</ButtonLink>}>
          A dictionary belongs to the model whose activations it was trained on. Add that model first.
        </EmptyState>
      ) : (
        <ImportForm models={ready} datasets={datasets.data} found={found.data} />
      )}
    </Page>
  );
}
