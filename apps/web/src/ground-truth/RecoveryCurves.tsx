'use client';

import type { RecoveryPoint, Run } from '@featurescope/contracts';
import { useMemo } from 'react';
import { TimeChart } from '../charts/TimeChart.tsx';
import { isActive } from '../runs/run-state.ts';
import type { TermName } from '../ui/definitions.ts';

const curves: { key: keyof RecoveryPoint; term: TermName }[] = [
  { key: 'recovery', term: 'recovery' },
  { key: 'mcc', term: 'mcc' },
  { key: 'f1', term: 'f1' },
  { key: 'bestMatch', term: 'bestMatch' },
  { key: 'uniqueness', term: 'uniqueness' },
  { key: 'nAlive', term: 'nAlive' },
];

/** How much of the truth is found, while the run trains; step 0 is the untrained dictionary. */
export function RecoveryCurves({ run, points }: { run: Run; points: RecoveryPoint[] }) {
  const series = useMemo(
    () => curves.map(({ key }) => points.map((point) => ({ x: point.step, raw: point[key] }))),
    [points],
  );
  return (
    <section aria-label="Recovery curves" className="grid gap-3 md:grid-cols-2 xl:grid-cols-3">
      {curves.map(({ key, term }, i) => (
        <TimeChart
          key={key}
          term={term}
          points={series[i]}
          syncId={`recovery-${run.id}`}
          fileName={`${run.name}-${key}`}
          emptyText={isActive(run) ? 'The first points are on their way.' : 'The run ended before it was looked at.'}
        />
      ))}
    </section>
  );
}
