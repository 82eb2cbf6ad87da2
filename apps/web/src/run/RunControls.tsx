'use client';

import type { Run } from '@featurescope/contracts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CircleSlash, Pause, Play } from 'lucide-react';
import { useState } from 'react';
import { actOnRun, type RunAction } from '../api/commands.ts';
import { runQuery } from '../api/queries.ts';
import { isActive } from '../runs/run-state.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { InlineError } from '../ui/States.tsx';

const wishes = { pause: 'pause', resume: 'run', cancel: 'cancel' } as const;

/** Pause, resume and cancel. Each sets what the run should do; the run obeys between two steps. */
export function RunControls({ run }: { run: Run }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const action = useMutation({
    mutationFn: (name: RunAction) => actOnRun(run.id, name),
    onSuccess: (_, name) => {
      client.setQueryData(runQuery(run.id).queryKey, (known) => known && { ...known, desiredState: wishes[name] });
      void client.invalidateQueries({ queryKey: ['run', run.id] });
      void client.invalidateQueries({ queryKey: ['runs'] });
    },
  });
  const canResume = run.status === 'paused' || (run.status === 'failed' && run.failure?.retryable === true);
  const cancelling = run.desiredState === 'cancel';
  return (
    <>
      {action.isError && <InlineError error={action.error} />}
      {(run.status === 'running' || run.status === 'queued') && (
        <Button onClick={() => action.mutate('pause')} disabled={action.isPending || run.desiredState !== 'run'}>
          <Pause size={14} aria-hidden />
          Pause
        </Button>
      )}
      {canResume && (
        <Button kind="primary" onClick={() => action.mutate('resume')} disabled={action.isPending || cancelling}>
          <Play size={14} aria-hidden />
          Resume
        </Button>
      )}
      {isActive(run) && (
        <Button onClick={() => setAsking(true)} disabled={action.isPending || cancelling}>
          <CircleSlash size={14} aria-hidden />
          Cancel run
        </Button>
      )}
      <Dialog
        open={asking}
        onOpenChange={setAsking}
        title="Cancel this run?"
        description={
          run.origin === 'imported'
            ? 'It stops and cannot be continued. The imported dictionary stays.'
            : run.origin === 'fitted'
              ? 'It stops and cannot be continued. A decomposition that is fitted already stays.'
              : 'It stops after the present step and cannot be continued. Its curves and its last checkpoint stay.'
        }
      >
        <div className="flex justify-end gap-2">
          <Button onClick={() => setAsking(false)}>Keep it running</Button>
          <Button
            kind="danger"
            onClick={() => {
              setAsking(false);
              action.mutate('cancel');
            }}
          >
            Stop the run
          </Button>
        </div>
      </Dialog>
    </>
  );
}
