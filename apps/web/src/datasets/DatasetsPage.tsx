'use client';

import { useQuery } from '@tanstack/react-query';
import { datasetsQuery } from '../api/queries.ts';
import { Page } from '../ui/Page.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/States.tsx';
import { DatasetsTable } from './DatasetsTable.tsx';
import { StoredActivations } from './StoredActivations.tsx';
import { UploadPanel } from './UploadPanel.tsx';

export function DatasetsPage() {
  const { data: datasets, error, refetch } = useQuery(datasetsQuery);
  return (
    <Page title="Data" description="Text for models to read. What you add stays on this machine.">
      <UploadPanel />
      {datasets && datasets.length > 0 ? (
        <DatasetsTable datasets={datasets} />
      ) : (
        <div className="rounded-lg border border-line bg-surface">
          {datasets ? (
            <EmptyState title="No datasets yet">
              Choose a file above. The bundled text appears here once it has been read in.
            </EmptyState>
          ) : error ? (
            <ErrorState error={error} retry={refetch} />
          ) : (
            <SkeletonRows rows={3} />
          )}
        </div>
      )}
      <StoredActivations />
    </Page>
  );
}
