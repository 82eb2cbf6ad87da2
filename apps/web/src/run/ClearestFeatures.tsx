'use client';

import type { Run } from '@featurescope/contracts';
import { useInfiniteQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { featuresQuery } from '../api/queries.ts';
import { RecoveredLine } from '../ground-truth/RecoveredLine.tsx';
import { isActive } from '../runs/run-state.ts';
import { ExampleLine } from '../ui/Example.tsx';
import { Panel } from '../ui/Panel.tsx';
import { Score } from '../ui/Quantity.tsx';
import { EmptyState, InlineError, SkeletonRows } from '../ui/States.tsx';
import { Term } from '../ui/Term.tsx';

const shown = 10;

const awaited = (run: Run) => (run.origin === 'trained' ? 'training' : 'evaluation');

/** What the run has learnt: the features whose labels hold up best, each with its best example. */
export function ClearestFeatures({ run }: { run: Run }) {
  const indexed = run.nFeatures > 0;
  const sort = run.nLabelled > 0 ? 'score' : 'maxActivation';
  const { data, error } = useInfiniteQuery({
    ...featuresQuery(run.id, { sort, order: 'desc', limit: shown, dead: 'false' }),
    enabled: indexed,
  });
  return (
    <Panel
      flush
      title={run.origin === 'fitted' ? 'What its features show' : 'What it has learnt'}
      aside={
        indexed && (
          <Link href={`/runs/${run.id}/features`} className="text-accent-ink hover:underline">
            All features
          </Link>
        )
      }
    >
      {!indexed ? (
        <EmptyState title={isActive(run) ? `Features appear after ${awaited(run)}` : 'This run has no features'}>
          {isActive(run)
            ? run.source === 'synthetic'
              ? 'After training, each latent is compared with the truths.'
              : `After ${awaited(run)}, the text that makes each latent fire is collected here, and each one gets a scored label.`
            : `It ended before its latents were indexed. ${run.origin === 'imported' ? 'Import the dictionary again' : 'Start a new run from it'} to get there.`}
        </EmptyState>
      ) : error ? (
        <div className="p-4">
          <InlineError error={error} />
        </div>
      ) : !data ? (
        <SkeletonRows rows={shown} />
      ) : (
        <ul>
          {data.pages[0].features.slice(0, shown).map((feature) => (
            <li key={feature.index} className="border-t border-line">
              <Link
                href={`/runs/${run.id}/features/${feature.index}`}
                className="grid grid-cols-1 items-center gap-x-4 px-4 py-1.5 -outline-offset-2 hover:bg-hover md:grid-cols-[minmax(12rem,26%)_minmax(0,1fr)]"
              >
                <span className="flex min-w-0 items-baseline gap-2">
                  <span className="numeric w-12 shrink-0 font-mono text-xs text-ink-3">{feature.index}</span>
                  <span className="truncate font-medium">{feature.label ?? (feature.recovered ? '' : 'No label')}</span>
                  {feature.labelScore !== null && (
                    <span className="ml-auto shrink-0 text-xs text-ink-3">
                      <Score value={feature.labelScore} />
                    </span>
                  )}
                </span>
                {feature.recovered && <RecoveredLine recovered={feature.recovered} />}
                {feature.example && (
                  <ExampleLine example={feature.example} maximum={feature.maxActivation} around={24} />
                )}
              </Link>
            </li>
          ))}
        </ul>
      )}
      {indexed && (
        <p className="border-t border-line px-4 py-2 text-xs text-ink-3">
          {sort === 'score' ? (
            <>
              The ten with the highest label <Term name="score">score</Term>: the best of the run, not a fair sample of
              it.
            </>
          ) : (
            `The ten with the highest activation${run.source === 'synthetic' ? '.' : '; labels are on their way.'}`
          )}
        </p>
      )}
    </Panel>
  );
}
