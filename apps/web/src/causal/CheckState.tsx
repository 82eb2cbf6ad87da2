'use client';

import type { FeatureCheck, Ranking } from '@featurescope/contracts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { cancelCausal, deleteCausal } from '../api/causal.ts';
import { Button } from '../ui/Button.tsx';
import { formatNumber } from '../ui/format.ts';
import { ProgressBar } from '../ui/RunStatus.tsx';
import { InlineError } from '../ui/States.tsx';

/** How far a check is, with a way to stop it. */
export function CheckProgressLine({ check, what }: { check: FeatureCheck | Ranking; what: string }) {
  const stop = useCausalCommand(check, cancelCausal);
  const { progress, status } = check;
  const share = progress && progress.total > 0 ? progress.done / progress.total : null;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex items-center gap-3">
        <p className="min-w-0 flex-1 text-ink-2" role="status">
          {status === 'queued'
            ? `${what} waits for a worker.`
            : progress
              ? `${what} is under way: ${formatNumber(progress.done)} of about ${formatNumber(progress.total)} passes.`
              : `${what} begins.`}
        </p>
        <Button kind="quiet" disabled={stop.isPending} onClick={() => stop.mutate(check.id)}>
          {stop.isPending ? 'Stopping' : 'Stop'}
        </Button>
      </div>
      <ProgressBar share={share} label={`${what} progress`} />
      {stop.isError && <InlineError error={stop.error} />}
    </div>
  );
}

/** Deletes one check; it can be made again, for the same request gives the same result. */
export function DeleteCheck({ check }: { check: FeatureCheck | Ranking }) {
  const remove = useCausalCommand(check, deleteCausal);
  return (
    <>
      <Button
        kind="quiet"
        className="h-7 text-xs"
        disabled={remove.isPending}
        onClick={() => remove.mutate(check.id)}
        title="It can be made again: the same request gives the same result"
      >
        {remove.isPending ? 'Deleting' : 'Delete'}
      </Button>
      {remove.isError && <InlineError error={remove.error} />}
    </>
  );
}

/** What an ended check that has no result says of itself. */
export function CheckWithoutResult({ check }: { check: FeatureCheck | Ranking }) {
  if (check.status === 'failed' && check.failure)
    return <InlineError title="The last check failed." error={new Error(check.failure.message)} />;
  return <p className="text-ink-2">The last check was stopped.</p>;
}

function useCausalCommand({ runId }: FeatureCheck | Ranking, command: (id: string) => Promise<unknown>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: command,
    onSuccess: () => client.invalidateQueries({ queryKey: ['causal', runId] }),
  });
}
