'use client';

import type { MetricPoint, Run } from '@featurescope/contracts';
import { useMemo } from 'react';
import { useLiveMetrics } from '../api/live-metrics.ts';
import { TimeChart } from '../charts/TimeChart.tsx';
import { isActive } from '../runs/run-state.ts';
import type { TermName } from '../ui/definitions.ts';
import { formatNumber, formatShare } from '../ui/format.ts';
import { InlineError, Skeleton } from '../ui/States.tsx';

const curves: {
  key: keyof MetricPoint;
  term: TermName;
  unit?: string;
  file: string;
  format?: (value: number) => string;
}[] = [
  { key: 'loss', term: 'loss', file: 'loss' },
  { key: 'fvu', term: 'fvu', file: 'fvu' },
  { key: 'l0', term: 'l0', file: 'l0' },
  { key: 'deadShare', term: 'dead', file: 'dead-share', format: formatShare },
  { key: 'tokensPerSecond', term: 'throughput', unit: 'tokens/s', file: 'throughput' },
  { key: 'gradNorm', term: 'gradNorm', file: 'gradient-norm' },
];

/** The run's six live curves, in a grid of two by three. */
export function Curves({ run }: { run: Run }) {
  const { data, error, isPending } = useLiveMetrics(run.id);
  const points = data?.points;
  const series = useMemo(
    () =>
      curves.map(({ key }) =>
        (points ?? []).flatMap((point) => {
          const raw = point[key];
          return raw === null ? [] : [{ x: point.step, raw }];
        }),
      ),
    [points],
  );
  if (error && !points) return <InlineError title="The curves could not be loaded." error={error} />;
  return (
    <section aria-label="Training curves" className="grid gap-3 md:grid-cols-2 xl:grid-cols-3">
      {curves.map(({ key, term, unit, file, format }, i) =>
        isPending ? (
          <Skeleton key={key} className="h-[216px] w-full" />
        ) : (
          <TimeChart
            key={key}
            term={term}
            unit={key === 'tokensPerSecond' && run.source === 'synthetic' ? 'samples/s' : unit}
            points={series[i]}
            syncId={run.id}
            fileName={`${run.name}-${file}`}
            emptyText={
              isActive(run) ? 'The first points are on their way.' : 'The run ended before there was a curve to draw.'
            }
            format={format ?? formatNumber}
          />
        ),
      )}
    </section>
  );
}
