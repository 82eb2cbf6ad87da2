'use client';

import type { Ladder } from '@featurescope/contracts';
import { useMutation, useQuery } from '@tanstack/react-query';
import { AnalysisStatus, ListNote } from '../analysis/AnalysisStatus.tsx';
import { createLadder } from '../analysis/commands.ts';
import { Pager } from '../analysis/Pager.tsx';
import { ladderQuery } from '../analysis/queries.ts';
import { Button, ButtonLink } from '../ui/Button.tsx';
import { formatNumber } from '../ui/format.ts';
import { Page } from '../ui/Page.tsx';
import { Panel } from '../ui/Panel.tsx';
import { SegmentedControl } from '../ui/SegmentedControl.tsx';
import { EmptyState, ErrorState, InlineError, SkeletonRows } from '../ui/States.tsx';
import { Term } from '../ui/Term.tsx';
import { useSearchState } from '../ui/use-search-state.ts';
import { describePlace } from './describe.ts';
import { LadderFlow } from './LadderFlow.tsx';
import { ThresholdField, thresholdOf } from './ThresholdField.tsx';

const pageSize = 12;

/** Which features of each size went into which of the next. The runs stand in the address. */
export function LadderPage() {
  const [search, setSearch] = useSearchState();
  const runs = search.get('runs') ?? '';
  const threshold = thresholdOf(search.get('threshold'));
  const onlySplit = search.get('all') === null;
  const offset = pageSize * Math.max(0, Math.trunc(Number(search.get('page') ?? 0)) || 0);
  const view = { runs, threshold, onlySplit, offset, limit: pageSize };
  const { data: ladder, error, refetch } = useQuery({ ...ladderQuery(view), enabled: runs !== '' });
  const start = useMutation({ mutationFn: () => createLadder(runs.split(',')), onSuccess: () => refetch() });
  const choose = <ButtonLink href="/compare">Choose runs</ButtonLink>;
  if (runs === '')
    return (
      <EmptyState title="No runs chosen" action={choose}>
        A ladder shows how the features of a small dictionary split in larger ones.
      </EmptyState>
    );
  if (!ladder)
    return error ? (
      <ErrorState title="This ladder could not be loaded" error={error} retry={refetch} action={choose} />
    ) : (
      <SkeletonRows rows={10} />
    );
  const isMissing = ladder.steps.some((step) => step === null || step.status === 'failed');
  return (
    <Page
      title={<Term name="ladder">Ladder of sizes</Term>}
      description={`${describePlace(ladder.sides[0])} · a line joins a feature to the one of the size below that points most nearly the same way, where their cosine is above the threshold.`}
    >
      {start.error && <InlineError title="The comparisons were not started." error={start.error} />}
      {ladder.steps.map(
        (step, i) =>
          step && (
            <AnalysisStatus
              key={step.id}
              state={step}
              what={`Comparing ${formatNumber(ladder.sides[i].nLatents)} with ${formatNumber(ladder.sides[i + 1].nLatents)}`}
            />
          ),
      )}
      {isMissing && (
        <div>
          <Button kind="primary" disabled={start.isPending} onClick={() => start.mutate()}>
            Compare the sizes
          </Button>
        </div>
      )}
      {ladder.counts && (
        <>
          <Steps ladder={ladder} counts={ladder.counts} />
          <div className="flex flex-wrap items-center justify-between gap-3">
            <SegmentedControl
              label="Which features"
              value={onlySplit ? 'split' : 'all'}
              options={[
                { value: 'split', label: 'Those that split' },
                { value: 'all', label: 'All' },
              ]}
              onChange={(next) => setSearch({ all: next === 'all' ? '1' : null, page: null })}
            />
            <ThresholdField threshold={threshold} />
          </div>
          <Panel flush title={`From ${formatNumber(ladder.sides[0].nLatents)} features up`} aside="most parts first">
            {ladder.total === 0 ? (
              <ListNote>
                No feature goes into two or more of the next size at this threshold. Lower it, or look at all of them.
              </ListNote>
            ) : (
              <LadderFlow ladder={ladder} />
            )}
            <Pager
              offset={offset}
              limit={pageSize}
              total={ladder.total}
              onChange={(next) => setSearch({ page: next === 0 ? null : String(next / pageSize) })}
            />
          </Panel>
        </>
      )}
    </Page>
  );
}

function Steps({ ladder, counts }: { ladder: Ladder; counts: NonNullable<Ladder['counts']> }) {
  return (
    <ul className="flex flex-col gap-1">
      {counts.map(({ nSplit, nFromBelow, nNew }, i) => {
        const [small, large] = [ladder.sides[i].nLatents, ladder.sides[i + 1].nLatents].map(formatNumber);
        return (
          <li key={ladder.sides[i].runId}>
            <span className="font-medium">
              {small} → {large}:
            </span>{' '}
            {formatNumber(nSplit)} features split, {formatNumber(nFromBelow)} of the larger size come from one below,{' '}
            {formatNumber(nNew)} are new.
          </li>
        );
      })}
    </ul>
  );
}
