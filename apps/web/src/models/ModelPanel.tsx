'use client';

import type { Model } from '@featurescope/contracts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { deleteModel, retryModel } from '../api/commands.ts';
import { useLiveModel } from '../api/live-model.ts';
import { Button, IconButton } from '../ui/Button.tsx';
import { ConfirmDeletion } from '../ui/ConfirmDeletion.tsx';
import { formatBytes, formatShare } from '../ui/format.ts';
import { Panel } from '../ui/Panel.tsx';
import { ProgressBar } from '../ui/RunStatus.tsx';
import { InlineError } from '../ui/States.tsx';
import { describeSource } from './describe-source.ts';
import { HookTable } from './HookTable.tsx';
import { ModelFacts } from './ModelFacts.tsx';
import { TryModel } from './TryModel.tsx';

export function ModelPanel({ model }: { model: Model }) {
  useLiveModel(model);
  const source = describeSource(model.source);
  return (
    <Panel
      title={<span className="text-base">{model.name}</span>}
      aside={
        <>
          <span>{model.modelType}</span>
          {model.bundled && <span>bundled</span>}
          {model.status === 'failed' && <span className="text-bad">failed</span>}
          {!model.bundled && <DeleteModel model={model} />}
        </>
      }
    >
      {!model.bundled && (
        <p className="truncate text-xs text-ink-3" title={source}>
          {source}
        </p>
      )}
      {model.status === 'adding' && <Adding model={model} />}
      {model.status === 'failed' && <Failed model={model} />}
      <ModelFacts
        model={model}
        more={
          model.status === 'ready'
            ? [
                ['Weights', <Hash key="weights" value={model.weightsHash} />],
                ['Tokenizer', <Hash key="tokenizer" value={model.tokenizerHash} />],
              ]
            : []
        }
      />
      <HookTable model={model} />
      {model.status === 'ready' && <TryModel model={model} />}
    </Panel>
  );
}

/** How far the download or the check is. */
function Adding({ model: { progress } }: { model: Model }) {
  const share = progress && progress.totalBytes > 0 ? Math.min(1, progress.doneBytes / progress.totalBytes) : null;
  const text = progress === null ? 'Waiting' : progress.phase === 'download' ? 'Downloading' : 'Checking files';
  return (
    <div className="my-2 flex flex-wrap items-center gap-x-3 gap-y-1">
      <div className="w-60 max-w-full">
        <ProgressBar share={share} label={text} />
      </div>
      <span className="numeric text-ink-2" role="status">
        {text}
        {progress &&
          ` ${formatBytes(progress.doneBytes)} of ${formatBytes(progress.totalBytes)} (${formatShare(Math.floor((share ?? 0) * 100) / 100)})`}
      </span>
    </div>
  );
}

function Failed({ model }: { model: Model }) {
  const client = useQueryClient();
  const retry = useMutation({
    mutationFn: () => retryModel(model.id),
    onSettled: () => client.invalidateQueries({ queryKey: ['models'] }),
  });
  return (
    <div className="my-2 flex flex-col items-start gap-2">
      <InlineError title="Not added." error={model.error ?? 'The reason is not known.'} />
      {retry.isError && <InlineError error={retry.error} />}
      <Button onClick={() => retry.mutate()} disabled={retry.isPending}>
        Try again
      </Button>
    </div>
  );
}

function DeleteModel({ model }: { model: Model }) {
  const [open, setOpen] = useState(false);
  const client = useQueryClient();
  if (model.nRuns > 0)
    return (
      <span title={`${model.nRuns} ${model.nRuns === 1 ? 'run uses' : 'runs use'} it: delete them first`}>
        <IconButton label={`${model.name} is used by runs and cannot be deleted`} disabled>
          <Trash2 size={16} aria-hidden />
        </IconButton>
      </span>
    );
  return (
    <>
      <IconButton label={`Delete ${model.name}`} onClick={() => setOpen(true)}>
        <Trash2 size={16} aria-hidden />
      </IconButton>
      <ConfirmDeletion
        what="model"
        name={model.name}
        consequence={
          model.status === 'adding'
            ? 'Its download ends. What has arrived stays in the cache, and is used when the model is added again.'
            : 'featurescope forgets it. Its files stay where they are: none of them was made here.'
        }
        remove={() => deleteModel(model.id)}
        open={open}
        onOpenChange={setOpen}
        onDone={() => void client.invalidateQueries({ queryKey: ['models'] })}
      />
    </>
  );
}

const Hash = ({ value }: { value: string }) => (
  <code className="text-[13px]" title={value}>
    {value.slice(0, 12)}
  </code>
);
