'use client';

import type { Run } from '@featurescope/contracts';
import { useQuery } from '@tanstack/react-query';
import { useParams, useSearchParams } from 'next/navigation';
import { useEffect } from 'react';
import { runsQuery } from '../api/queries.ts';
import { useStoredState } from './stored-state.ts';

/** The run that "Features" and the search mean: the one on the page, else the one last looked at, else the newest with
 *  features. */
export function useCurrentRun(): Run | undefined {
  const { runId } = useParams<{ runId?: string }>();
  const asked = useSearchParams().get('run');
  const [lastRunId, remember] = useStoredState('featurescope.run');
  const { data: runs } = useQuery(runsQuery);
  useEffect(() => {
    if (runId) remember(runId);
  }, [runId, remember]);
  return (
    runs?.find((run) => run.id === runId) ??
    runs?.find((run) => run.id === asked) ??
    runs?.find((run) => run.id === lastRunId && run.nFeatures > 0) ??
    runs?.find((run) => run.nFeatures > 0) ??
    runs?.[0]
  );
}
