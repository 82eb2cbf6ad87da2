'use client';

import type { Run } from '@featurescope/contracts';
import { useLiveRun } from '../api/live-run.ts';
import { isActive } from './run-state.ts';

/** Keeps every run that can still change current. Renders nothing. */
export function FollowRuns({ runs }: { runs: Run[] }) {
  return runs.filter(isActive).map((run) => <FollowRun key={run.id} run={run} />);
}

function FollowRun({ run }: { run: Run }) {
  useLiveRun(run);
  return null;
}
