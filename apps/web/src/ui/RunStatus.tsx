import type { Run } from '@featurescope/contracts';
import { CircleCheck, CircleDashed, CircleDot, CirclePause, CircleSlash, CircleX } from 'lucide-react';
import { formatShare } from './format.ts';

const stageNames = {
  prepare: 'Preparing text',
  train: 'Training',
  fit: 'Fitting',
  evaluate: 'Evaluating',
  index: 'Indexing features',
  label: 'Labelling features',
  done: 'Done',
} as const;

const looks = {
  queued: { icon: CircleDashed, colour: 'text-ink-3', text: 'Queued' },
  running: { icon: CircleDot, colour: 'text-accent', text: 'Running' },
  paused: { icon: CirclePause, colour: 'text-warn', text: 'Paused' },
  succeeded: { icon: CircleCheck, colour: 'text-good', text: 'Succeeded' },
  failed: { icon: CircleX, colour: 'text-bad', text: 'Failed' },
  cancelled: { icon: CircleSlash, colour: 'text-ink-3', text: 'Cancelled' },
} as const;

export const stageName = (stage: Run['stage'], source?: Run['source']) =>
  stage === 'prepare' && source === 'synthetic' ? 'Preparing samples' : stageNames[stage];

/** Share of the present stage that is done, when it is known. */
export const stageShare = ({ progress }: Run): number | null =>
  progress && progress.total > 0 ? Math.min(1, progress.done / progress.total) : null;

/** What the run is doing, in words: a wish that is not yet obeyed ("Pausing") counts. */
function statusText(run: Run): string {
  if (run.status === 'running' && run.desiredState === 'pause') return 'Pausing';
  if ((run.status === 'running' || run.status === 'queued') && run.desiredState === 'cancel') return 'Cancelling';
  if (run.status !== 'running') return looks[run.status].text;
  return stageName(run.stage, run.source);
}

export function RunStatus({ run, bar = false }: { run: Run; bar?: boolean }) {
  const { icon: Icon, colour } = looks[run.status];
  const share = stageShare(run);
  const moving = run.status === 'running' || run.status === 'paused';
  return (
    <span className="inline-flex flex-col gap-1">
      <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
        <Icon size={14} className={colour} aria-hidden />
        {`${statusText(run)} `}
        {moving && share !== null && (
          <span className="numeric text-ink-2">{formatShare(Math.floor(share * 100) / 100)}</span>
        )}
      </span>
      {bar && moving && <ProgressBar share={share} label={`${statusText(run)} progress`} />}
    </span>
  );
}

export function ProgressBar({ share, label }: { share: number | null; label: string }) {
  return (
    <span
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={share === null ? undefined : Math.round(share * 100)}
      className="block h-1 w-full overflow-hidden rounded-full bg-line"
    >
      <span className="block h-full rounded-full bg-accent" style={{ width: `${(share ?? 0) * 100}%` }} />
    </span>
  );
}
