'use client';

import type { Run } from '@featurescope/contracts';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useParams, usePathname } from 'next/navigation';
import { createContext, type ReactNode, useContext } from 'react';
import { useLiveRun } from '../api/live-run.ts';
import { runQuery } from '../api/queries.ts';
import { ButtonLink } from '../ui/Button.tsx';
import { classNames } from '../ui/class-names.ts';
import { formatNumber } from '../ui/format.ts';
import { ErrorState, Skeleton } from '../ui/States.tsx';
import { RunHeader } from './RunHeader.tsx';

const RunContext = createContext<Run | null>(null);

/** The run that the page is about; only below RunFrame. */
export function useRun(): Run {
  const run = useContext(RunContext);
  if (!run) throw new Error('useRun is called outside RunFrame');
  return run;
}

/** `only`: of runs whose source this is. */
const tabs: { label: string; path: string; only?: Run['source'] }[] = [
  { label: 'Overview', path: '' },
  { label: 'Features', path: '/features' },
  { label: 'Ground truth', path: '/ground-truth', only: 'synthetic' },
  { label: 'Try a text', path: '/activations', only: 'model' },
  { label: 'Evaluation', path: '/evaluation' },
  { label: 'Health', path: '/health', only: 'model' },
  { label: 'Events', path: '/events' },
  { label: 'Configuration', path: '/configuration' },
];

/** Header and tabs of a run around each of its pages; keeps the run current. */
export function RunFrame({ children }: { children: ReactNode }) {
  const { runId } = useParams<{ runId: string }>();
  const { data: run, error, refetch } = useQuery(runQuery(runId));
  useLiveRun(run);
  if (!run)
    return error ? (
      <ErrorState
        title="This run could not be loaded"
        error={error}
        retry={refetch}
        action={<ButtonLink href="/">All runs</ButtonLink>}
      />
    ) : (
      <RunSkeleton />
    );
  return (
    <RunContext value={run}>
      <RunHeader run={run} />
      <RunTabs run={run} />
      {children}
    </RunContext>
  );
}

function RunTabs({ run }: { run: Run }) {
  const pathname = usePathname();
  const base = `/runs/${run.id}`;
  return (
    <div role="tablist" aria-label="Run" className="flex gap-1 overflow-x-auto border-b border-line px-4 md:px-6">
      {tabs
        .filter(({ only }) => only === undefined || only === run.source)
        .map(({ label, path }) => {
          const here = pathname === base + path || (path === '/health' && pathname.startsWith(`${base}/health/`));
          return (
            <Link
              key={label}
              role="tab"
              aria-selected={here}
              href={base + path}
              scroll={false}
              className={classNames(
                '-mb-px flex h-9 items-center gap-1.5 border-b-2 px-2 whitespace-nowrap -outline-offset-2',
                here ? 'border-accent font-medium text-ink' : 'border-transparent text-ink-2 hover:text-ink',
              )}
            >
              {label}
              {path === '/features' && run.nFeatures > 0 && (
                <span className="numeric text-xs text-ink-3" aria-hidden>
                  {formatNumber(run.nFeatures)}
                </span>
              )}
            </Link>
          );
        })}
    </div>
  );
}

function RunSkeleton() {
  return (
    <div className="flex flex-col gap-4 px-4 py-5 md:px-6" role="status" aria-label="Loading the run">
      <Skeleton className="h-7 w-72" />
      <Skeleton className="h-4 w-96 max-w-full" />
      <Skeleton className="h-20 w-full" />
      <div className="grid gap-4 md:grid-cols-3">
        {['a', 'b', 'c', 'd', 'e', 'f'].map((key) => (
          <Skeleton key={key} className="h-48 w-full" />
        ))}
      </div>
    </div>
  );
}
