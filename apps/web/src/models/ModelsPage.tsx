'use client';

import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { modelsQuery } from '../api/queries.ts';
import { Button } from '../ui/Button.tsx';
import { Page } from '../ui/Page.tsx';
import { EmptyState, ErrorState, Skeleton } from '../ui/States.tsx';
import { AddModel } from './AddModel.tsx';
import { ModelPanel } from './ModelPanel.tsx';

export function ModelsPage() {
  const { data: models, error, refetch } = useQuery(modelsQuery);
  const [adding, setAdding] = useState(false);
  return (
    <Page
      title="Models"
      description="Language models that this installation can read from and steer."
      actions={
        !adding && (
          <Button kind="primary" onClick={() => setAdding(true)}>
            <Plus size={14} aria-hidden />
            Add a model
          </Button>
        )
      }
    >
      {adding && <AddModel onClose={() => setAdding(false)} />}
      {models ? (
        models.length > 0 ? (
          models.map((model) => <ModelPanel key={model.id} model={model} />)
        ) : (
          <div className="rounded-lg border border-line bg-surface">
            <EmptyState title="No models">
              Add one, or start featurescope again from a complete copy: the bundled model was not found.
            </EmptyState>
          </div>
        )
      ) : error ? (
        <div className="rounded-lg border border-line bg-surface">
          <ErrorState error={error} retry={refetch} />
        </div>
      ) : (
        <Skeleton className="h-80 w-full" />
      )}
    </Page>
  );
}
