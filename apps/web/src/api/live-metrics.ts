'use client';

import { type MetricPoint, metricListSchema, type StoredEvent } from '@featurescope/contracts';
import { type QueryClient, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { call, queryString } from './http.ts';
import { runQuery } from './queries.ts';
import { useLiveEvents } from './use-live.ts';

const fetchedPoints = 2000;
const longestSeries = 4000;

/** Training metrics together with the event they reach: whoever shows them continues from there. */
interface MetricSeries {
  afterSeq: number;
  points: MetricPoint[];
}

/** The sequence number is read before the points are asked for: an event between the two comes twice, never not at all. */
const metricsQuery = (client: QueryClient, runId: string) =>
  queryOptions({
    queryKey: ['metrics', runId],
    queryFn: async ({ signal }): Promise<MetricSeries> => {
      const run = await client.ensureQueryData(runQuery(runId));
      const path = `/api/runs/${runId}/metrics${queryString({ maxPoints: fetchedPoints })}`;
      const { metrics } = await call(path, metricListSchema, { signal });
      return { afterSeq: run.lastSeq, points: metrics };
    },
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Metrics by ascending step, each step once; a resumed run repeats steps after its checkpoint, and the later one wins.
 *  Past a length, every second of the older half is dropped: a chart shows no more than its pixels. */
export function mergeMetrics(known: MetricPoint[], added: MetricPoint[]): MetricPoint[] {
  if (added.length === 0) return known;
  const last = known.at(-1)?.step ?? -1;
  const ascending = added.every((point, i) => point.step > (i === 0 ? last : added[i - 1].step));
  const merged = ascending
    ? [...known, ...added]
    : [...new Map([...known, ...added].map((point) => [point.step, point])).values()].sort((a, b) => a.step - b.step);
  if (merged.length <= longestSeries) return merged;
  const half = merged.length >> 1;
  return merged.filter((_, i) => i >= half || i % 2 === 0);
}

/** The run's metrics, growing as it trains. */
export function useLiveMetrics(runId: string) {
  const client = useQueryClient();
  const options = metricsQuery(client, runId);
  const metrics = useQuery(options);
  const append = useCallback(
    (events: StoredEvent[]) => {
      const points = events.flatMap((event) => (event.type === 'metrics' ? [event.payload] : []));
      const reached = Math.max(...events.map((event) => event.seq));
      client.setQueryData<MetricSeries>(
        ['metrics', runId],
        (series) =>
          series && { afterSeq: Math.max(series.afterSeq, reached), points: mergeMetrics(series.points, points) },
      );
    },
    [client, runId],
  );
  useLiveEvents('run', runId, metrics.data?.afterSeq ?? null, append);
  return metrics;
}
