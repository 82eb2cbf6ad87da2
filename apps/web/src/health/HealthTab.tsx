'use client';

import type { HealthResultView, Run } from '@featurescope/contracts';
import { useMutation, useQuery } from '@tanstack/react-query';
import { AnalysisStatus } from '../analysis/AnalysisStatus.tsx';
import { checkHealth } from '../analysis/commands.ts';
import { runHealthQuery } from '../analysis/queries.ts';
import { useRun } from '../run/RunFrame.tsx';
import { Button } from '../ui/Button.tsx';
import { Figure, Figures } from '../ui/Figure.tsx';
import { formatNumber } from '../ui/format.ts';
import { Panel } from '../ui/Panel.tsx';
import { Quantity, Share } from '../ui/Quantity.tsx';
import { EmptyState, ErrorState, InlineError, SkeletonRows } from '../ui/States.tsx';
import { Term } from '../ui/Term.tsx';
import { AbsorptionPanel } from './AbsorptionPanel.tsx';
import { CoActivationPanel } from './CoActivationPanel.tsx';
import { CountHistogram } from './CountHistogram.tsx';
import { DensityPanel } from './DensityPanel.tsx';
import { DuplicatesPanel } from './DuplicatesPanel.tsx';
import { KindsPanel } from './KindsPanel.tsx';

/** What is amiss with a run's features: how many fire, where, together, twice, or not when they should. */
export function HealthTab() {
  const run = useRun();
  const { data, error, refetch } = useQuery(runHealthQuery(run.id));
  const check = useMutation({ mutationFn: () => checkHealth(run.id), onSuccess: () => refetch() });
  if (run.nFeatures === 0)
    return (
      <EmptyState title="No features to check yet">
        The features are checked on text once they are indexed. Come back when the run’s index is complete.
      </EmptyState>
    );
  if (!data) return error ? <ErrorState error={error} retry={refetch} /> : <SkeletonRows />;
  const { analysis, result } = data;
  return (
    <div className="flex flex-col gap-4 px-4 py-4 md:px-6">
      <p className="max-w-3xl text-ink-2">
        Good figures of reconstruction can hide bad features. Here: how many fire on a token, whether some are there
        twice, which always fire together, which belong to one language, and whether a concept’s own feature is silent
        where it should fire.
      </p>
      {check.error && <InlineError title="The check was not started." error={check.error} />}
      {analysis === null ? (
        <Panel>
          <div className="flex flex-col items-center gap-3 py-8 text-center">
            <h2 className="text-base font-medium">Not checked yet</h2>
            <p className="max-w-md text-ink-2">
              The check reads up to 300,000 tokens of the run’s text through the model once more. It is kept with the
              run.
            </p>
            <Button kind="primary" disabled={check.isPending} onClick={() => check.mutate()}>
              Check the features
            </Button>
          </div>
        </Panel>
      ) : (
        <AnalysisStatus state={analysis} what="The check" retry={() => check.mutate()} />
      )}
      {result && <Checked run={run} result={result} />}
      <AbsorptionPanel run={run} />
    </div>
  );
}

function Checked({ run, result }: { run: Run; result: HealthResultView }) {
  const { l0, duplicates, coActivation } = result;
  return (
    <>
      <Figures>
        <Figure term="l0" value={<Quantity value={l0.mean} />} note="latents on a token, mean" />
        <Figure
          term="dead"
          value={<Share value={result.nSilent / result.nLatents} />}
          note={`${formatNumber(result.nSilent)} of ${formatNumber(result.nLatents)}`}
        />
        <Figure
          term="nearDuplicates"
          value={<Quantity value={duplicates.nPairs} />}
          note={`${formatNumber(duplicates.nLatents)} features in such pairs`}
        />
        <Figure
          term="coActivation"
          value={<Quantity value={coActivation.nBlocks} />}
          note={coActivation.nBlocks === 1 ? 'group fires together' : 'groups fire together'}
        />
      </Figures>
      <p className="text-xs text-ink-3">
        On <Quantity value={result.nTokens} /> tokens of the run’s text, training text included; special and outlying
        positions are left out.
      </p>
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Panel
          title={<Term name="l0">How many features fire on a token</Term>}
          aside={`middle 90%: ${l0.percentiles.p5} to ${l0.percentiles.p95}`}
        >
          <CountHistogram label="L0" edges={l0.edges} counts={l0.counts} mean={l0.mean} />
          <p className="mt-1 text-xs text-ink-3">Across: features that fire. Up: share of tokens.</p>
        </Panel>
        <DensityPanel run={run} />
      </div>
      <KindsPanel run={run} result={result} />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <DuplicatesPanel run={run} result={result} />
        <CoActivationPanel run={run} result={result} />
      </div>
    </>
  );
}
