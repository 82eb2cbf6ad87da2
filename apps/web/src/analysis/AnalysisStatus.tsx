'use client';

import type { AnalysisState } from '@featurescope/contracts';
import type { ReactNode } from 'react';
import { Button } from '../ui/Button.tsx';
import { formatNumber, formatShare } from '../ui/format.ts';
import { InlineError } from '../ui/States.tsx';

/** How far an analysis is, or why it failed. Nothing once it is done. */
export function AnalysisStatus({
  state,
  retry,
  what,
}: {
  state: AnalysisState;
  retry?: () => void;
  /** As a sentence begins: "The comparison". */
  what: string;
}) {
  if (state.status === 'succeeded') return null;
  if (state.status === 'failed')
    return (
      <div className="flex flex-col items-start gap-2">
        <InlineError title={`${what} failed.`} error={new Error(state.failure?.message ?? 'No reason was recorded.')} />
        {retry && <Button onClick={retry}>Try again</Button>}
      </div>
    );
  const { progress } = state;
  const share = progress && progress.total > 0 ? Math.min(1, progress.done / progress.total) : 0;
  return (
    <div role="status" className="flex flex-col gap-2 rounded-lg border border-line bg-surface px-4 py-3">
      <p className="flex flex-wrap justify-between gap-x-4">
        <span>
          {progress ? progress.label : state.status === 'queued' ? `${what} waits for a worker` : `${what} has begun`}
        </span>
        {progress && (
          <span className="numeric text-ink-3">
            {formatNumber(progress.done)} of {formatNumber(progress.total)} · {formatShare(share)}
          </span>
        )}
      </p>
      <div className="h-1.5 overflow-hidden rounded-full bg-sunken">
        <div className="h-full rounded-full bg-accent" style={{ width: `${100 * share}%` }} />
      </div>
    </div>
  );
}

/** What a list says while it has nothing to show. */
export function ListNote({ children }: { children: ReactNode }) {
  return <p className="px-4 pb-4 text-ink-2">{children}</p>;
}
