'use client';

import type { DictionarySource } from '@featurescope/contracts';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useEffect, useEffectEvent } from 'react';
import { startDictionaryDownload, stopDictionaryDownload } from '../api/commands.ts';
import { dictionaryDownloadQuery } from '../api/queries.ts';
import { Button } from '../ui/Button.tsx';
import { formatBytes } from '../ui/format.ts';
import { ProgressBar } from '../ui/RunStatus.tsx';
import { InlineError } from '../ui/States.tsx';

interface HubDownloadProps {
  request: { repo: string; path?: string; revision: string };
  downloadBytes: number;
  onDone: (source: DictionarySource) => void;
}

/** Fetches a dictionary into the server's cache. It goes on there when this page is left, and is found again by the same button. */
export function HubDownload({ request, downloadBytes, onDone }: HubDownloadProps) {
  const start = useMutation({ mutationFn: () => startDictionaryDownload(request) });
  const { data: polled, error } = useQuery(dictionaryDownloadQuery(start.data?.id));
  const state = polled ?? start.data;
  const stop = useMutation({ mutationFn: stopDictionaryDownload });
  const tellDone = useEffectEvent(() => state && onDone(state.source));
  useEffect(() => {
    if (state?.status === 'succeeded') tellDone();
  }, [state?.status]);
  if (state?.status === 'succeeded') return <p className="text-ink-2">It is in the server’s cache.</p>;
  if (state?.status === 'running')
    return (
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <div className="w-60 max-w-full">
          <ProgressBar share={state.doneBytes / Math.max(state.totalBytes, 1)} label="Download" />
        </div>
        <span className="numeric text-ink-2" aria-live="polite">
          {formatBytes(Math.min(state.doneBytes, state.totalBytes))} of {formatBytes(state.totalBytes)}
        </span>
        <Button kind="quiet" onClick={() => stop.mutate(state.id)} disabled={stop.isPending}>
          Stop
        </Button>
      </div>
    );
  const reason = start.error ?? error ?? (state?.status === 'failed' ? new Error(state.error ?? 'It failed.') : null);
  return (
    <div className="flex flex-col items-start gap-2">
      <Button onClick={() => start.mutate()} disabled={start.isPending}>
        <Download size={14} aria-hidden />
        {state ? 'Go on downloading' : `Download ${formatBytes(downloadBytes)}`}
      </Button>
      <p className="text-xs text-ink-3">
        Files go into Hugging Face’s own cache on the server, shared with other programs. A gated repository needs
        HF_TOKEN in the server’s environment.
      </p>
      {reason && <InlineError title="Not downloaded." error={reason} />}
    </div>
  );
}
