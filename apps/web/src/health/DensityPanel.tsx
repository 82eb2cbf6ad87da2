'use client';

import type { Run } from '@featurescope/contracts';
import { useQuery } from '@tanstack/react-query';
import { featureDistributionQuery } from '../api/queries.ts';
import { Histogram } from '../charts/Histogram.tsx';
import { powerOfTen } from '../charts/power-of-ten.ts';
import { Panel } from '../ui/Panel.tsx';
import { InlineError, Skeleton } from '../ui/States.tsx';
import { Term } from '../ui/Term.tsx';

/** How often the run's features fire, as its index counted. */
export function DensityPanel({ run }: { run: Run }) {
  const { data, error } = useQuery(featureDistributionQuery(run.id));
  return (
    <Panel title={<Term name="density">How often features fire</Term>} aside="log scales">
      {error && !data ? (
        <InlineError error={error} />
      ) : !data ? (
        <Skeleton className="h-44 w-full" />
      ) : (
        <DensityHistogram histogram={data.density} />
      )}
      <p className="mt-1 text-xs text-ink-3">
        Across: share of tokens on which a feature fires. Up: number of features.
      </p>
    </Panel>
  );
}

function DensityHistogram({ histogram }: { histogram: { edges: number[]; counts: number[] } }) {
  if (histogram.counts.length === 0) return <p className="text-ink-2">No feature fires on the indexed text.</p>;
  return (
    <Histogram
      label="Features by density"
      edges={histogram.edges.map(Math.log10)}
      counts={histogram.counts}
      formatX={powerOfTen}
      height={176}
    />
  );
}
