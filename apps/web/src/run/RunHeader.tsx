'use client';

import { architectureLabel, type Run } from '@featurescope/contracts';
import { Download } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { RunMenu } from '../runs/RunMenu.tsx';
import { isActive } from '../runs/run-state.ts';
import { isSynthetic, runSubject } from '../runs/run-subject.ts';
import { buttonStyle } from '../ui/Button.tsx';
import { formatDuration, formatNumber } from '../ui/format.ts';
import { ProgressBar, RunStatus, stageShare } from '../ui/RunStatus.tsx';
import { activationWords } from './activation-words.ts';
import { RunControls } from './RunControls.tsx';

export function RunHeader({ run }: { run: Run }) {
  const router = useRouter();
  const activations = activationWords(run);
  return (
    <div className="px-4 pt-5 pb-2 md:px-6">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-72">
          <h1 className="text-lg font-semibold tracking-tight">{run.name}</h1>
          <p className="text-ink-2">
            {run.origin === 'imported' && 'Imported · '}
            {run.origin === 'fitted' && 'Fitted · '}
            {runSubject(run)} · {architectureLabel(run)} · {formatNumber(run.nLatents)} latents
            {run.preset === 'saelens' && ' · SAELens preset'}
            {run.datasetName && ` · ${run.datasetName}`}
            {run.sweepId && (
              <>
                {' · '}
                <Link href={`/sweeps/${run.sweepId}`} className="text-accent-ink hover:underline">
                  Compare with its sweep
                </Link>
              </>
            )}
          </p>
        </div>
        <div className="flex flex-wrap items-center gap-2">
          <RunControls run={run} />
          {run.nFeatures > 0 && !isSynthetic(run) && (
            <a
              href={`/api/runs/${run.id}/bundle`}
              download
              title="Weights, features, examples and a card, as a tar archive"
              className={buttonStyle()}
            >
              <Download size={14} aria-hidden />
              Bundle
            </a>
          )}
          <RunMenu run={run} onDeleted={() => router.push('/')} />
        </div>
      </div>
      <div className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-1">
        <RunStatus run={run} />
        {isActive(run) && run.progress && <ProgressWords run={run} />}
        {run.status === 'succeeded' && run.startedAt && run.finishedAt && (
          <span className="numeric text-ink-3">
            in {formatDuration((Date.parse(run.finishedAt) - Date.parse(run.startedAt)) / 1000)}
          </span>
        )}
        {activations !== null && <span className="numeric text-ink-3">{activations}</span>}
      </div>
      {isActive(run) && (
        <div className="mt-1.5">
          <ProgressBar share={stageShare(run)} label="Progress of this step" />
        </div>
      )}
      {run.failure && (
        <div role="alert" className="mt-3 rounded-md border border-line bg-bad-soft px-3 py-2">
          <p>
            <span className="font-medium">
              Failed{run.failure.step !== null && ` at step ${formatNumber(run.failure.step)}`}.{' '}
            </span>
            {run.failure.message}
          </p>
          <p className="mt-0.5 text-xs text-ink-2">
            {run.failure.retryable
              ? 'It can be tried again: what was learnt up to the last checkpoint is kept.'
              : run.origin === 'imported'
                ? 'Import the dictionary again once the cause is mended.'
                : 'Start a new run from this one with other values, such as a lower learning rate.'}
          </p>
        </div>
      )}
    </div>
  );
}

function ProgressWords({ run }: { run: Run }) {
  const { progress } = run;
  if (!progress) return null;
  return (
    <span className="numeric flex flex-wrap gap-x-4 text-ink-2">
      <span>
        {formatNumber(progress.done)} of {formatNumber(progress.total)} {progress.unit}
      </span>
      {run.status === 'running' && progress.perSecond !== null && (
        <span>
          {formatNumber(progress.perSecond)} {progress.unit}/s
        </span>
      )}
      {run.status === 'running' && progress.etaSeconds !== null && (
        <span>{formatDuration(progress.etaSeconds)} left</span>
      )}
    </span>
  );
}
