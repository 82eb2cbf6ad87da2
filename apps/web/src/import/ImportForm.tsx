'use client';

import type { Dataset, DictionaryDirectoryList, DictionarySource, Model } from '@featurescope/contracts';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { importRun } from '../api/commands.ts';
import { inspectionQuery } from '../api/queries.ts';
import { DataCard } from '../new-run/DataCard.tsx';
import { Field, TextInput } from '../ui/Field.tsx';
import { Panel } from '../ui/Panel.tsx';
import { InspectionPanel } from './InspectionPanel.tsx';
import { PlaceCard } from './PlaceCard.tsx';
import { SourceCard } from './SourceCard.tsx';

interface ImportFormProps {
  models: Model[];
  datasets: Dataset[];
  found: DictionaryDirectoryList;
}

/** Choose the files, see what they hold, say where they belong, import. */
export function ImportForm({ models, datasets, found }: ImportFormProps) {
  const router = useRouter();
  const client = useQueryClient();
  const [source, setSource] = useState<DictionarySource | null>(null);
  const [modelId, setModelId] = useState(models[0].id);
  const [chosenHook, setChosenHook] = useState<string | undefined>();
  const [datasetId, setDatasetId] = useState(datasets.find(({ status }) => status === 'ready')?.id ?? '');
  const [name, setName] = useState('');
  const inspected = useQuery(inspectionQuery({ modelId, source, hookName: chosenHook }));
  const inspection = source && !inspected.error ? inspected.data : undefined;
  const hookName = chosenHook ?? inspection?.suggestedHookName ?? undefined;
  const launch = useMutation({
    mutationFn: importRun,
    onSuccess: ({ id }) => {
      void client.invalidateQueries({ queryKey: ['runs'] });
      router.push(`/runs/${id}`);
    },
  });
  const choose = (next: DictionarySource | null) => {
    launch.reset();
    setChosenHook(undefined);
    setSource(next);
  };
  const problems = inspection?.problems ?? [];
  const settled = inspection !== undefined && !inspected.isPlaceholderData;
  const ready = settled && problems.length === 0 && hookName !== undefined && datasetId !== '';
  return (
    <form
      className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem] xl:grid-cols-[minmax(0,1fr)_26rem]"
      onSubmit={(event) => {
        event.preventDefault();
        if (source && ready) launch.mutate({ modelId, datasetId, source, hookName, name: name.trim() || undefined });
      }}
    >
      <div className="flex min-w-0 flex-col gap-4">
        <SourceCard found={found} source={source} onChange={choose} />
        <PlaceCard
          models={models}
          modelId={modelId}
          inspection={inspection}
          hookName={hookName}
          onModel={(id) => {
            setModelId(id);
            setChosenHook(undefined);
          }}
          onHook={setChosenHook}
        />
        <DataCard
          draft={{ datasetId }}
          errors={{}}
          change={(changes) => setDatasetId(changes.datasetId)}
          datasets={datasets}
        />
        <Panel>
          <Field label="Name" hint="Left empty, it is named after its hook and size.">
            {(control) => (
              <TextInput {...control} maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />
            )}
          </Field>
        </Panel>
      </div>
      <InspectionPanel
        source={source}
        inspection={inspection}
        error={source ? inspected.error : null}
        busy={inspected.isFetching}
        ready={ready}
        hasDataset={datasetId !== ''}
        importing={launch.isPending}
        importError={launch.error}
      />
    </form>
  );
}
