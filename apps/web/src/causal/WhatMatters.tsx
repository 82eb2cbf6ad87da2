'use client';

import type { Run } from '@featurescope/contracts';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { isUnderWay, rankingEstimateQuery, rankingsQuery, startRanking } from '../api/causal.ts';
import { Button } from '../ui/Button.tsx';
import { Field, NumberInput } from '../ui/Field.tsx';
import { formatDuration, formatNumber } from '../ui/format.ts';
import { Panel } from '../ui/Panel.tsx';
import { InlineError, Skeleton } from '../ui/States.tsx';
import { Term } from '../ui/Term.tsx';
import { useDebounced } from '../ui/use-debounced.ts';
import { CheckProgressLine, CheckWithoutResult, DeleteCheck } from './CheckState.tsx';
import { RankingTable } from './RankingTable.tsx';

const limits = { nFeatures: [1, 256], nContexts: [5, 1024] } as const;

/** The features that the model misses most, and what the same change does to random ones. */
export function WhatMatters({ run }: { run: Run }) {
  const rankings = useQuery({ ...rankingsQuery(run.id), enabled: run.nFeatures > 0 });
  const [latest] = rankings.data ?? [];
  return (
    <Panel title={<Term name="whatMatters" />} aside={latest && !isUnderWay(latest) && <DeleteCheck check={latest} />}>
      {run.nFeatures === 0 ? (
        <p className="text-ink-2">The features are not indexed yet. Once they are, they can be ranked here.</p>
      ) : rankings.isError ? (
        <InlineError error={rankings.error} />
      ) : rankings.isPending ? (
        <Skeleton className="h-24 w-full" />
      ) : latest && isUnderWay(latest) ? (
        <CheckProgressLine check={latest} what="The ranking" />
      ) : (
        <>
          {latest?.result && <RankingTable runId={run.id} ranking={latest} result={latest.result} />}
          {latest && !latest.result && <CheckWithoutResult check={latest} />}
          <RankingForm run={run} again={latest !== undefined} />
        </>
      )}
    </Panel>
  );
}

function RankingForm({ run, again }: { run: Run; again: boolean }) {
  const client = useQueryClient();
  const [draft, setDraft] = useState({ nFeatures: '32', nContexts: '48' });
  const settled = useDebounced(draft, 250);
  const request = parse(settled);
  const estimate = useQuery(rankingEstimateQuery(run.id, request));
  const start = useMutation({
    mutationFn: (asked: NonNullable<typeof request>) => startRanking(run.id, asked),
    onSuccess: () => client.invalidateQueries({ queryKey: ['causal', run.id] }),
  });
  const now = parse(draft);
  const field = (name: keyof typeof draft, label: string, hint: string) => (
    <Field label={label} hint={hint} error={errorOf(name, draft[name])} className="w-44">
      {(control) => (
        <NumberInput
          {...control}
          value={draft[name]}
          onChange={(event) => setDraft({ ...draft, [name]: event.target.value })}
        />
      )}
    </Field>
  );
  return (
    <form
      className={again ? 'mt-4 border-t border-line pt-4' : ''}
      onSubmit={(event) => {
        event.preventDefault();
        if (now) start.mutate(now);
      }}
    >
      {!again && (
        <p className="mb-3 max-w-3xl text-ink-2">
          Which features does the model need? Each one that is tried is turned off wherever it fires in held-out texts.
          Those that write most into the model are tried first, each beside a random feature that fires about as often
          and a push of the same length in a random direction.
        </p>
      )}
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        {field('nFeatures', 'Features to try', 'The strongest first')}
        {field('nContexts', 'Held-out texts', 'Drawn at random')}
        <div className="flex min-w-0 flex-col gap-1 sm:pt-6">
          <Button type="submit" kind={again ? 'secondary' : 'primary'} disabled={!now || start.isPending}>
            {start.isPending ? 'Starting' : again ? 'Rank again' : 'Rank features'}
          </Button>
          <p className="min-h-4 text-xs text-ink-3" title={estimate.data?.basis}>
            {estimate.data &&
              `About ${formatDuration(Math.max(1, estimate.data.seconds))} on a worker: ${formatNumber(estimate.data.nPasses)} passes of one text through the model.`}
            {estimate.isError && estimate.error.message}
          </p>
        </div>
      </div>
      {start.isError && <InlineError title="The ranking was not started." error={start.error} />}
    </form>
  );
}

type Draft = Record<keyof typeof limits, string>;

function errorOf(name: keyof typeof limits, text: string): string | undefined {
  const [least, most] = limits[name];
  const value = Number(text);
  const fits = text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most;
  return fits ? undefined : `A whole number from ${least} to ${most}`;
}

function parse(draft: Draft): { nFeatures: number; nContexts: number } | null {
  if (errorOf('nFeatures', draft.nFeatures) || errorOf('nContexts', draft.nContexts)) return null;
  return { nFeatures: Number(draft.nFeatures), nContexts: Number(draft.nContexts) };
}
