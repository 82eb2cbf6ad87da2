'use client';

import type { ModelSource } from '@featurescope/contracts';
import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useState } from 'react';
import { inspectModel } from '../api/commands.ts';
import { IconButton } from '../ui/Button.tsx';
import { Panel } from '../ui/Panel.tsx';
import { SegmentedControl } from '../ui/SegmentedControl.tsx';
import { InlineError, Skeleton } from '../ui/States.tsx';
import { FoundModels } from './FoundModels.tsx';
import { HubForm } from './HubForm.tsx';
import { Inspection } from './Inspection.tsx';

type Way = 'local' | 'hub';

/** Choose where a model comes from, see what is there, then add it. */
export function AddModel({ onClose }: { onClose: () => void }) {
  const [way, setWay] = useState<Way>('local');
  const [source, setSource] = useState<ModelSource | null>(null);
  return (
    <Panel
      title="Add a model"
      aside={
        <IconButton label="Close" onClick={onClose}>
          <X size={16} aria-hidden />
        </IconButton>
      }
    >
      <div className="flex flex-col items-start gap-3">
        <SegmentedControl<Way>
          label="Where the model is"
          value={way}
          options={[
            { value: 'local', label: 'On this machine' },
            { value: 'hub', label: 'On the hub' },
          ]}
          onChange={(next) => {
            setWay(next);
            setSource(null);
          }}
        />
        {way === 'local' ? (
          <FoundModels chosen={source} onChoose={setSource} />
        ) : (
          <HubForm chosen={source} onChoose={setSource} />
        )}
        {source && <InspectedSource key={JSON.stringify(source)} source={source} onClose={onClose} />}
      </div>
    </Panel>
  );
}

function InspectedSource({ source, onClose }: { source: ModelSource; onClose: () => void }) {
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['inspection', source],
    queryFn: ({ signal }) => inspectModel(source, signal),
    // What is there may have changed since it was last looked at.
    gcTime: 0,
    retry: false,
  });
  if (isFetching)
    return (
      <div className="w-full" role="status" aria-label="Looking at the model">
        <Skeleton className="h-40 w-full" />
      </div>
    );
  if (data) return <Inspection inspection={data} onAdded={onClose} />;
  return (
    <div className="flex w-full flex-col gap-2">
      <InlineError title="This cannot be added." error={error} />
      <button
        type="button"
        className="self-start text-sm text-accent-ink hover:underline"
        onClick={() => void refetch()}
      >
        Look again
      </button>
    </div>
  );
}
