'use client';

import type { Effect, Ranking, RankingResult } from '@featurescope/contracts';
import type { ColumnDef } from '@tanstack/react-table';
import Link from 'next/link';
import { useMemo } from 'react';
import { DataTable } from '../ui/DataTable.tsx';
import { decimalsFor, formatNumber } from '../ui/format.ts';
import { Ago, Quantity, Share } from '../ui/Quantity.tsx';
import { Term } from '../ui/Term.tsx';
import { median } from './effect-scale.ts';
import { HurtTokenLine } from './HurtTokenLine.tsx';

type Row = RankingResult['features'][number];

/** Features by what the model loses without them, each beside its nulls. */
export function RankingTable({ runId, ranking, result }: { runId: string; ranking: Ranking; result: RankingResult }) {
  const { features, nTokens, nContexts, ceClean } = result;
  const columns = useMemo(() => columnsOf(runId, ranking.labels, result), [runId, ranking.labels, result]);
  const own = features.map((each) => each.onAllText.mean);
  const directions = features.map((each) => each.direction.onAllText.mean);
  const peers = features.flatMap(({ peer }) => (peer ? [peer.onAllText.mean] : []));
  return (
    <div className="flex flex-col gap-2">
      <p className="text-ink-2">
        Each feature turned off by itself, on <Quantity value={nTokens} /> tokens of <Quantity value={nContexts} />{' '}
        held-out texts, on which the model has <Quantity value={ceClean} /> nats a token. Half of these features cost
        more than <Quantity value={median(own)} /> nats a token of text; the same push in random directions:{' '}
        <Quantity value={median(directions)} />
        {peers.length > 0 && (
          <>
            ; random features that fire about as often: <Quantity value={median(peers)} />
          </>
        )}
        .
      </p>
      <DataTable
        label="Features by what the model loses without them"
        data={features}
        columns={columns}
        rowId={(row) => String(row.featureIndex)}
      />
      <p className="text-xs text-ink-3">
        Nats a token, above 0 is worse. Under each feature stands the token that loses most without it. Intervals are{' '}
        <Term name="bootstrapInterval" />, each for its feature alone: the top of a long list looks better than it is.
        Ranked <Ago time={ranking.finishedAt} />.
      </p>
    </div>
  );
}

function columnsOf(runId: string, labels: Ranking['labels'], { features }: RankingResult): ColumnDef<Row>[] {
  const decimals = decimalsFor(Math.max(...features.map(({ onAllText }) => Math.abs(onAllText.mean)), 1e-6));
  const atFiringDecimals = decimalsFor(Math.max(...features.map(({ atFiring }) => Math.abs(atFiring.mean)), 1e-6));
  return [
    {
      id: 'feature',
      header: 'Feature',
      accessorFn: (row) => row.featureIndex,
      cell: ({ row: { original } }) => (
        <FeatureCell runId={runId} row={original} label={labels[original.featureIndex]} />
      ),
    },
    {
      id: 'cost',
      header: 'Cost on all text',
      accessorFn: (row) => row.onAllText.mean,
      meta: { align: 'right', term: 'ablationCost' },
      cell: ({ row: { original } }) => <Cost effect={original.onAllText} decimals={decimals} withInterval />,
    },
    {
      id: 'direction',
      header: 'Random direction',
      accessorFn: (row) => row.direction.onAllText.mean,
      meta: { align: 'right', term: 'randomDirections', wideOnly: true },
      cell: ({ row: { original } }) => <Cost effect={original.direction.onAllText} decimals={decimals} />,
    },
    {
      id: 'peer',
      header: 'Random feature',
      accessorFn: (row) => row.peer?.onAllText.mean ?? Number.NEGATIVE_INFINITY,
      meta: { align: 'right', term: 'peerFeatures', wideOnly: true },
      cell: ({ row: { original } }) =>
        original.peer ? (
          <Link href={`/runs/${runId}/features/${original.peer.featureIndex}`} className="hover:underline">
            <Cost effect={original.peer.onAllText} decimals={decimals} />
          </Link>
        ) : (
          <span className="text-ink-3">none</span>
        ),
    },
    {
      id: 'atFiring',
      header: 'Where it fires',
      accessorFn: (row) => row.atFiring.mean,
      meta: { align: 'right', wideOnly: true },
      cell: ({ row: { original } }) => <Cost effect={original.atFiring} decimals={atFiringDecimals} />,
    },
    {
      id: 'density',
      header: 'Density',
      accessorFn: (row) => row.density,
      meta: { align: 'right', term: 'density', wideOnly: true },
      cell: ({ row: { original } }) => (
        <span className="font-mono text-[13px]">
          <Share value={original.density} />
        </span>
      ),
    },
  ];
}

/** The feature, and the token that the model misses it most for. */
function FeatureCell({ runId, row: { featureIndex, worst }, label }: { runId: string; row: Row; label?: string }) {
  return (
    <div className="w-44 py-1 sm:w-80">
      <Link href={`/runs/${runId}/features/${featureIndex}`} className="block truncate hover:underline">
        <span className="numeric mr-2 font-mono text-[13px] text-ink-2">{featureIndex}</span>
        {label ?? <span className="text-ink-3">no label</span>}
      </Link>
      {worst && (
        <span className="block max-sm:hidden" title={`Loses most: +${formatNumber(worst.change)} nats`}>
          <HurtTokenLine token={worst} maximum={Math.max(...worst.activations.map(([, value]) => value), 0)} />
        </span>
      )}
    </div>
  );
}

function Cost({
  effect,
  decimals,
  withInterval = false,
}: {
  effect: Effect;
  decimals: number;
  withInterval?: boolean;
}) {
  const { interval } = effect;
  const clear = interval !== null && (interval[0] > 0 || interval[1] < 0);
  const words = interval && `${formatNumber(interval[0])} to ${formatNumber(interval[1])}`;
  return (
    <span className="font-mono text-[13px]" title={words ? `95% interval ${words}` : 'too few texts for an interval'}>
      <span className={clear ? undefined : 'text-ink-3'}>
        <Quantity value={effect.mean} decimals={decimals} />
      </span>
      {withInterval && words && <span className="ml-2 text-xs text-ink-3 max-sm:hidden">{words}</span>}
    </span>
  );
}
