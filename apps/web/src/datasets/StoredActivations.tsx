'use client';

import type { ActivationList } from '@featurescope/contracts';
import { useQuery } from '@tanstack/react-query';
import { activationsQuery } from '../api/queries.ts';
import { ButtonLink } from '../ui/Button.tsx';
import { formatBytes } from '../ui/format.ts';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/States.tsx';
import { Term } from '../ui/Term.tsx';
import { StoredActivationsTable } from './StoredActivationsTable.tsx';

/** The sets that runs share, how full their place is, and where it is. */
export function StoredActivations() {
  const { data, error, refetch } = useQuery(activationsQuery);
  return (
    <section aria-labelledby="stored-activations" className="mt-6">
      <div className="mb-3 flex flex-wrap items-end gap-x-6 gap-y-2">
        <div className="min-w-0 flex-1 basis-80">
          <h2 id="stored-activations" className="text-base font-semibold">
            <Term name="storedActivations">Stored activations</Term>
          </h2>
          <p className="text-ink-2">What a model made of a text at one hook point, kept for runs to share.</p>
        </div>
        {data && <Quota list={data} />}
      </div>
      {data && data.sets.length > 0 ? (
        <StoredActivationsTable sets={data.sets} />
      ) : (
        <div className="rounded-lg border border-line bg-surface">
          {data ? (
            <EmptyState title="No activations are stored" action={<ButtonLink href="/runs/new">New run</ButtonLink>}>
              Choose “Store activations and reuse them” in a new run. Runs after it, on the same text and hook point,
              train without reading the model again.
            </EmptyState>
          ) : error ? (
            <ErrorState error={error} retry={refetch} />
          ) : (
            <SkeletonRows rows={2} />
          )}
        </div>
      )}
    </section>
  );
}

function Quota({ list }: { list: ActivationList }) {
  const { sizeBytes, quotaBytes, place } = list;
  const share = quotaBytes > 0 ? Math.min(1, sizeBytes / quotaBytes) : 1;
  return (
    <div className="w-full min-w-0 sm:w-72">
      <p className="numeric text-xs text-ink-2">
        {formatBytes(sizeBytes)} of {formatBytes(quotaBytes)}
      </p>
      <div
        role="meter"
        aria-label="Quota"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(100 * share)}
        className="my-1 h-1.5 overflow-hidden rounded-full bg-sunken"
      >
        <div className="h-full rounded-full bg-accent" style={{ width: `${100 * share}%` }} />
      </div>
      <p className="truncate text-xs text-ink-3" title={place}>
        {place}
      </p>
    </div>
  );
}
