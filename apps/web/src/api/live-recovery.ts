'use client';

import { type RecoveryPoint, type RunRecovery, runRecoverySchema, type StoredEvent } from '@featurescope/contracts';
import { type QueryClient, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { call } from './http.ts';
import { runQuery } from './queries.ts';
import { useLiveEvents } from './use-live.ts';

/** Recovery together with the event it reaches: whoever shows it continues from there. */
interface ReachedRecovery extends RunRecovery {
  afterSeq: number;
}

/** The sequence number is read before the points are asked for: an event between the two comes twice, never not at all. */
const recoveryQuery = (client: QueryClient, runId: string) =>
  queryOptions({
    queryKey: ['recovery', runId],
    queryFn: async ({ signal }): Promise<ReachedRecovery> => {
      const { lastSeq } = await client.ensureQueryData(runQuery(runId));
      return { afterSeq: lastSeq, ...(await call(`/api/runs/${runId}/recovery`, runRecoverySchema, { signal })) };
    },
    staleTime: 60_000,
  });

/** Points by ascending step, each step once; a resumed run repeats steps after its checkpoint, and the later one wins. */
export function mergeRecovery(known: RecoveryPoint[], added: RecoveryPoint[]): RecoveryPoint[] {
  if (added.length === 0) return known;
  const byStep = new Map([...known, ...added].map((point) => [point.step, point]));
  return [...byStep.values()].sort((a, b) => a.step - b.step);
}

/** What a run on synthetic data has found of the truth, growing as it trains. */
export function useLiveRecovery(runId: string) {
  const client = useQueryClient();
  const recovery = useQuery(recoveryQuery(client, runId));
  const append = useCallback(
    (events: StoredEvent[]) => {
      const points = events.flatMap((event) => (event.type === 'recovery' ? [event.payload] : []));
      if (points.length === 0) return;
      client.setQueryData<ReachedRecovery>(
        ['recovery', runId],
        (known) => known && { ...known, points: mergeRecovery(known.points, points) },
      );
    },
    [client, runId],
  );
  useLiveEvents('run', runId, recovery.data?.afterSeq ?? null, append);
  return recovery;
}
