'use client';

import type { MetricPoint, Run, StoredEvent, Sweep } from '@featurescope/contracts';
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { runQuery, runsQuery } from './queries.ts';
import { useLiveEvents } from './use-live.ts';

const sparklinePoints = 40;

/** A run with events applied. Applying an event twice changes nothing. */
export function applyRunEvents(run: Run, events: StoredEvent[]): Run {
  let next = run;
  for (const event of events) {
    if (event.seq <= next.lastSeq) continue;
    next = { ...next, lastSeq: event.seq };
    if (event.type === 'status') next = { ...next, ...event.payload };
    else if (event.type === 'progress') next = { ...next, progress: event.payload, stage: event.payload.stage };
    else if (event.type === 'evaluation') next = { ...next, evaluation: event.payload };
    else if (event.type === 'metrics') next = withMetric(next, event.payload);
  }
  return next;
}

function withMetric(run: Run, metric: MetricPoint): Run {
  const { loss, fvu, l0, deadShare, tokensPerSecond } = metric;
  return {
    ...run,
    step: Math.max(run.step, metric.step),
    latest: { loss, fvu, l0, deadShare, tokensPerSecond },
    fvuSparkline: [...run.fvuSparkline, fvu].slice(-sparklinePoints),
  };
}

function writeEvents(client: QueryClient, runId: string, events: StoredEvent[]): void {
  client.setQueryData(runQuery(runId).queryKey, (run) => run && applyRunEvents(run, events));
  client.setQueryData(runsQuery.queryKey, (runs) =>
    runs?.map((run) => (run.id === runId ? applyRunEvents(run, events) : run)),
  );
  client.setQueriesData<Sweep>(
    { queryKey: ['runs', 'sweep'] },
    (sweep) =>
      sweep && { ...sweep, runs: sweep.runs.map((run) => (run.id === runId ? applyRunEvents(run, events) : run)) },
  );
  // What events do not carry (counts of features, a failure's text) is read again when the run moves on.
  if (events.some((event) => event.type === 'status' || event.type === 'evaluation')) {
    client.invalidateQueries({ queryKey: ['run', runId] });
    client.invalidateQueries({ queryKey: ['runs'] });
    client.invalidateQueries({ queryKey: ['features', runId] });
    client.invalidateQueries({ queryKey: ['truths', runId] });
    client.invalidateQueries({ queryKey: ['recovery', runId] });
  }
}

/** Keeps what the page knows of a run current for as long as the run can still change. */
export function useLiveRun(run: Run | undefined): void {
  const client = useQueryClient();
  const runId = run?.id ?? null;
  const write = useCallback((events: StoredEvent[]) => runId && writeEvents(client, runId, events), [client, runId]);
  useLiveEvents('run', runId, run ? run.lastSeq : null, write);
}
