'use client';

import type { Generator, Run } from '@featurescope/contracts';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLiveRecovery } from '../api/live-recovery.ts';
import { truthsQuery } from '../api/queries.ts';
import { useRun } from '../run/RunFrame.tsx';
import { isActive } from '../runs/run-state.ts';
import { Button, ButtonLink } from '../ui/Button.tsx';
import { EmptyState, ErrorState, InlineError, Skeleton } from '../ui/States.tsx';
import { Term } from '../ui/Term.tsx';
import { RecoveryComparison } from './RecoveryComparison.tsx';
import { RecoveryCurves } from './RecoveryCurves.tsx';
import { TruthHeatMap } from './TruthHeatMap.tsx';
import { TruthTable } from './TruthTable.tsx';

const pageSize = 128;

/** What a run on synthetic data has found of the truth: while it trains, and in the end. */
export function GroundTruthTab() {
  const run = useRun();
  if (run.source !== 'synthetic')
    return (
      <EmptyState title="Nobody knows the truth here" action={<ButtonLink href="/runs/new">New run</ButtonLink>}>
        This run reads a language model. A run on synthetic data is made of known directions, and is compared with them.
      </EmptyState>
    );
  return <KnownTruth run={run} />;
}

function KnownTruth({ run }: { run: Run }) {
  const { data, error, refetch } = useLiveRecovery(run.id);
  if (!data)
    return error ? (
      <ErrorState title="The recovery could not be loaded" error={error} retry={refetch} />
    ) : (
      <div className="grid gap-3 px-4 py-4 md:grid-cols-3 md:px-6" role="status" aria-label="Loading the recovery">
        {['a', 'b', 'c'].map((key) => (
          <Skeleton key={key} className="h-52 w-full" />
        ))}
      </div>
    );
  return (
    <div className="flex flex-col gap-4 px-4 py-4 md:px-6">
      <p className="max-w-3xl text-ink-2">
        {whatTruthsAre(data.generator)} Here the dictionary’s latents are compared with the{' '}
        <Term name="truth">truths</Term>, on samples that it never saw.
      </p>
      <RecoveryCurves run={run} points={data.points} />
      {data.summary ? (
        <RecoveryComparison recovery={data.summary} />
      ) : (
        <p className="text-ink-3">
          {isActive(run)
            ? 'When training is done, the dictionary is compared with an untrained and a random one.'
            : 'The run ended before its dictionary was compared with an untrained and a random one.'}
        </p>
      )}
      {run.nFeatures > 0 && <Truths run={run} />}
    </div>
  );
}

function whatTruthsAre(generator: Generator): string {
  if (generator.kind === 'classes')
    return `The samples are hidden activations of a classifier of ${generator.nClasses} classes; truth n is the direction of class n’s mean.`;
  const count = generator.nTruths.toLocaleString('en-US');
  if (generator.kind === 'superposition')
    return `The samples are what a toy model makes of ${count} features; truths are the directions of those that it keeps, the most important first.`;
  return `The samples are made of ${count} known directions.`;
}

function Truths({ run }: { run: Run }) {
  const [from, setFrom] = useState(0);
  const { data, error } = useQuery(truthsQuery(run.id, { from, limit: pageSize }));
  if (!data) return error ? <InlineError error={error} /> : <Skeleton className="h-96 w-full" />;
  const { truths, total } = data;
  return (
    <>
      <TruthHeatMap runId={run.id} truths={truths} from={from} total={total} />
      <TruthTable runId={run.id} truths={truths} />
      {total > pageSize && (
        <div className="flex items-center gap-3">
          <Button disabled={from === 0} onClick={() => setFrom(from - pageSize)}>
            Better found
          </Button>
          <Button disabled={from + pageSize >= total} onClick={() => setFrom(from + pageSize)}>
            Less well found
          </Button>
          <span className="numeric text-ink-2">
            {from + 1} to {from + truths.length} of {total}
          </span>
        </div>
      )}
    </>
  );
}
