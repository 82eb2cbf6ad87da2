'use client';

import type { Run } from '@featurescope/contracts';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'next/navigation';
import { sweepQuery } from '../api/queries.ts';
import { FollowRuns } from '../runs/FollowRuns.tsx';
import { RunsTable } from '../runs/RunsTable.tsx';
import { ButtonLink } from '../ui/Button.tsx';
import { formatNumber, shortHookName } from '../ui/format.ts';
import { Page } from '../ui/Page.tsx';
import { Panel } from '../ui/Panel.tsx';
import { ErrorState, SkeletonRows } from '../ui/States.tsx';
import { ParetoChart } from './ParetoChart.tsx';

/** The runs of a sweep side by side: sparsity against reconstruction, and their figures. */
export function SweepPage() {
  const { sweepId } = useParams<{ sweepId: string }>();
  const { data: sweep, error, refetch } = useQuery(sweepQuery(sweepId));
  if (!sweep && error)
    return (
      <ErrorState
        title="This sweep could not be loaded"
        error={error}
        retry={refetch}
        action={<ButtonLink href="/">All runs</ButtonLink>}
      />
    );
  return (
    <Page
      title="Sweep"
      description={sweep && descriptionOf(sweep.runs)}
      actions={<ButtonLink href={`/runs/new?sweep=${sweepId}`}>Add a baseline</ButtonLink>}
    >
      {sweep ? (
        <div className="flex flex-col gap-4">
          <FollowRuns runs={sweep.runs} />
          <Panel title="Sparsity against reconstruction" aside={figuresOf(sweep.runs)}>
            <ParetoChart runs={sweep.runs} />
          </Panel>
          <RunsTable runs={sweep.runs} />
        </div>
      ) : (
        <div className="rounded-lg border border-line bg-surface">
          <SkeletonRows />
        </div>
      )}
    </Page>
  );
}

function descriptionOf(runs: Run[]): string {
  const [{ modelName, hookName, datasetName, nTokens }] = runs;
  return `${runs.length} dictionaries of the same ${formatNumber(nTokens)} activations: ${modelName} · ${shortHookName(hookName)} · ${datasetName}`;
}

/** Where the figures are from: they can be compared once all are measured. */
function figuresOf(runs: Run[]): string {
  const nMeasured = runs.filter((run) => run.evaluation).length;
  if (nMeasured === runs.length) return 'On held-out text';
  return nMeasured === 0
    ? 'Latest training step'
    : `On held-out text for ${nMeasured} of ${runs.length}, else the latest step`;
}
