'use client';

import type { Run } from '@featurescope/contracts';
import { ButtonLink } from '../ui/Button.tsx';
import { formatDuration, formatNumber, shortHookName } from '../ui/format.ts';
import { ProgressBar, stageName, stageShare } from '../ui/RunStatus.tsx';
import { isActive } from './run-state.ts';

const stageSentences: Record<Run['stage'], (run: Run) => string> = {
  prepare: () => 'A first run has begun by itself: the bundled text is being cut into tokens.',
  train: (run) =>
    `A first run has begun by itself: ${run.modelName} reads ${formatNumber(run.nTokens)} tokens, and ${formatNumber(run.nLatents)} latents learn to rebuild what happens at ${shortHookName(run.hookName)}.`,
  fit: () => 'A decomposition is being fitted.',
  evaluate: () => 'The first run has finished training and is being measured on text it never saw.',
  index: () => 'The first run is collecting, for each feature, the text that makes it fire.',
  label: () => 'The first run’s features can be browsed; labels are being written and scored.',
  done: () => 'The first run is finishing.',
};

/** On a first visit, the run that started by itself and one sentence on what it is doing. */
export function DemoBanner({ runs }: { runs: Run[] }) {
  const [run] = runs;
  if (runs.length !== 1 || !run.demo || !isActive(run)) return null;
  const eta = run.progress?.etaSeconds;
  return (
    <section
      aria-label="First run"
      className="flex flex-wrap items-center gap-x-6 gap-y-3 rounded-lg border border-line bg-accent-soft px-4 py-3"
    >
      <div className="min-w-0 flex-1 basis-80">
        <p>{stageSentences[run.stage](run)}</p>
        <div className="mt-2 flex items-center gap-3 text-xs text-ink-2">
          <div className="w-40">
            <ProgressBar share={stageShare(run)} label={stageName(run.stage)} />
          </div>
          {eta !== null && eta !== undefined && (
            <span className="numeric">{formatDuration(eta)} left of this step</span>
          )}
        </div>
      </div>
      <ButtonLink kind="primary" href={`/runs/${run.id}`}>
        Watch it learn
      </ButtonLink>
    </section>
  );
}
