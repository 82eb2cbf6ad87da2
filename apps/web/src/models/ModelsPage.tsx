'use client';

import type { Model } from '@featurescope/contracts';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { modelsQuery } from '../api/queries.ts';
import { Page } from '../ui/Page.tsx';
import { Panel } from '../ui/Panel.tsx';
import { Quantity } from '../ui/Quantity.tsx';
import { EmptyState, ErrorState, Skeleton } from '../ui/States.tsx';
import { HookTable } from './HookTable.tsx';

export function ModelsPage() {
  const { data: models, error, refetch } = useQuery(modelsQuery);
  return (
    <Page title="Models" description="Language models that this installation can read from and steer.">
      {models ? (
        models.length > 0 ? (
          models.map((model) => <ModelPanel key={model.id} model={model} />)
        ) : (
          <div className="rounded-lg border border-line bg-surface">
            <EmptyState title="No models">
              The bundled model was not found. Start featurescope again from a complete copy.
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

function ModelPanel({ model }: { model: Model }) {
  const facts: [string, ReactNode][] = [
    ['Parameters', <Quantity key="parameters" value={model.nParameters} />],
    ['Blocks', model.nLayers],
    ['Dimensions', model.dModel],
    ['Heads', model.nHeads],
    ['Vocabulary', <Quantity key="vocabulary" value={model.vocabSize} />],
    ['Context', `${model.contextSize} tokens`],
    ['Licence', model.licence ?? 'not stated'],
    ['Weights', <Hash key="weights" value={model.weightsHash} />],
    ['Tokenizer', <Hash key="tokenizer" value={model.tokenizerHash} />],
  ];
  return (
    <Panel
      title={<span className="text-base">{model.name}</span>}
      aside={
        <>
          <span>{model.modelType}</span>
          {model.bundled && <span>bundled</span>}
        </>
      }
    >
      <dl className="grid grid-cols-2 gap-x-6 sm:grid-cols-3 xl:grid-cols-5">
        {facts.map(([name, value]) => (
          <div key={name} className="min-w-0 py-1.5">
            <dt className="text-xs text-ink-3">{name}</dt>
            <dd className="numeric truncate">{value}</dd>
          </div>
        ))}
      </dl>
      <HookTable model={model} />
    </Panel>
  );
}

const Hash = ({ value }: { value: string }) => (
  <code className="text-[13px]" title={value}>
    {value.slice(0, 12)}
  </code>
);
