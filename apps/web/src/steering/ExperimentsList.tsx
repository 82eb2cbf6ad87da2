'use client';

import type { Run } from '@featurescope/contracts';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { steeringListQuery } from '../api/queries.ts';
import { Panel } from '../ui/Panel.tsx';
import { Ago } from '../ui/Quantity.tsx';
import { InlineError, SkeletonRows } from '../ui/States.tsx';
import { describeInterventions } from './describe.ts';

/** Experiments that were run, newest first. */
export function ExperimentsList({ runs }: { runs: Run[] }) {
  const { data: experiments, error } = useQuery(steeringListQuery);
  return (
    <Panel flush title="Saved experiments">
      {error && !experiments ? (
        <div className="p-4">
          <InlineError error={error} />
        </div>
      ) : !experiments ? (
        <SkeletonRows rows={4} />
      ) : experiments.length === 0 ? (
        <p className="px-4 pb-5 text-ink-2">Every experiment that you run is kept here with an address of its own.</p>
      ) : (
        <ul>
          {experiments.map((experiment) => (
            <li key={experiment.id} className="border-t border-line">
              <Link href={`/steering/${experiment.id}`} className="block px-4 py-2 -outline-offset-2 hover:bg-hover">
                <span className="flex items-baseline gap-3">
                  <span className="min-w-0 flex-1 truncate font-medium">
                    {experiment.name ?? experiment.request.prompt}
                  </span>
                  <span className="shrink-0 text-xs text-ink-3">
                    {experiment.status === 'failed' ? (
                      <span className="text-bad">failed</span>
                    ) : experiment.status === 'running' ? (
                      'running'
                    ) : (
                      <Ago time={experiment.createdAt} />
                    )}
                  </span>
                </span>
                <span className="block truncate text-xs text-ink-2">
                  {describeInterventions(experiment.request.interventions)}
                  <span className="text-ink-3">
                    {' '}
                    · {runs.find((run) => run.id === experiment.runId)?.name ?? 'deleted run'}
                  </span>
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
