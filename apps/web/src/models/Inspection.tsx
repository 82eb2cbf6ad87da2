'use client';

import type { ModelInspection } from '@featurescope/contracts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { addModel } from '../api/commands.ts';
import { Button } from '../ui/Button.tsx';
import { formatBytes } from '../ui/format.ts';
import { InlineError } from '../ui/States.tsx';
import { describeSource } from './describe-source.ts';
import { ModelFacts } from './ModelFacts.tsx';

/** What a source holds, what adding it will cost, and the button that does it. */
export function Inspection({ inspection, onAdded }: { inspection: ModelInspection; onAdded: () => void }) {
  const client = useQueryClient();
  const adding = useMutation({
    mutationFn: () => addModel(inspection.source),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['models'] });
      onAdded();
    },
  });
  const { downloadBytes, freeDiskBytes, freeMemoryBytes, memoryBytes, hooks, addedAs } = inspection;
  const steerable = hooks.filter((hook) => hook.steerable).length;
  return (
    <section aria-label={`What ${inspection.name} holds`} className="w-full rounded-md border border-line px-3 py-2">
      <h3 className="flex flex-wrap items-baseline gap-x-3">
        <span className="font-semibold">{inspection.name}</span>
        <span className="text-xs text-ink-3">{inspection.modelType}</span>
        <span className="min-w-0 truncate text-xs text-ink-3">{describeSource(inspection.source)}</span>
      </h3>
      <ModelFacts model={inspection} more={[['Hook points', `${hooks.length}, ${steerable} can be steered`]]} />
      <FileList inspection={inspection} />
      {memoryBytes > freeMemoryBytes && (
        <Warning>
          Loading it takes {formatBytes(memoryBytes)} of memory; {formatBytes(freeMemoryBytes)} are free now.
        </Warning>
      )}
      {downloadBytes > freeDiskBytes && (
        <Warning>
          The download takes {formatBytes(downloadBytes)}; the disk has {formatBytes(freeDiskBytes)} free.
        </Warning>
      )}
      {adding.isError && <InlineError title="Not added." error={adding.error} />}
      <div className="mt-2 flex flex-wrap items-center gap-3">
        <Button
          kind="primary"
          onClick={() => adding.mutate()}
          disabled={adding.isPending || addedAs !== null || downloadBytes > freeDiskBytes}
        >
          {adding.isPending ? 'Adding' : 'Add model'}
        </Button>
        {addedAs !== null && <span className="text-ink-2">It was added already.</span>}
      </div>
    </section>
  );
}

function FileList({ inspection: { files, downloadBytes } }: { inspection: ModelInspection }) {
  return (
    <details className="border-t border-line pt-1.5">
      <summary className="py-1">
        <span className="font-medium">
          {files.length} {files.length === 1 ? 'file' : 'files'}
        </span>
        <span className="text-ink-2">
          {downloadBytes > 0 ? `, ${formatBytes(downloadBytes)} to download` : ', nothing to download'}
        </span>
      </summary>
      <ul className="max-h-60 overflow-auto pb-1 text-[13px]">
        {files.map(({ name, sizeBytes, isLocal }) => (
          <li key={name} className="flex gap-3 py-0.5">
            <span className="min-w-0 flex-1 truncate font-mono">{name}</span>
            <span className="text-xs text-ink-3">{isLocal ? 'here' : 'to download'}</span>
            <span className="numeric w-20 text-right">{formatBytes(sizeBytes)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

const Warning = ({ children }: { children: React.ReactNode }) => (
  <p className="my-1.5 rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">{children}</p>
);
