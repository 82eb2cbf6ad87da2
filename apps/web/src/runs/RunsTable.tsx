'use client';

import { architectureLabel, type Run } from '@featurescope/contracts';
import type { ColumnDef } from '@tanstack/react-table';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { Sparkline } from '../charts/Sparkline.tsx';
import { DataTable } from '../ui/DataTable.tsx';
import { formatNumber } from '../ui/format.ts';
import { Ago, Quantity, Share } from '../ui/Quantity.tsx';
import { RunStatus } from '../ui/RunStatus.tsx';
import { RunMenu } from './RunMenu.tsx';
import { bestDeadShare, bestFvu, bestL0, labelledShare } from './run-state.ts';
import { runSubject } from './run-subject.ts';

const columns: ColumnDef<Run>[] = [
  {
    id: 'name',
    header: 'Name',
    accessorFn: (run) => run.name.toLowerCase(),
    cell: ({ row: { original: run } }) => (
      <div className="min-w-40 py-0.5">
        <Link href={`/runs/${run.id}`} className="font-medium hover:underline">
          {run.name}
        </Link>
        <div className="text-xs text-ink-3">
          {run.origin === 'imported' && 'Imported · '}
          {run.origin === 'fitted' && 'Fitted · '}
          <SweepMark sweepId={run.sweepId} />
          {runSubject(run)}
        </div>
      </div>
    ),
  },
  {
    id: 'dictionary',
    header: 'Dictionary',
    accessorFn: (run) => run.nLatents,
    meta: { wideOnly: true },
    cell: ({ row: { original: run } }) => (
      <div className="py-0.5 whitespace-nowrap">
        {architectureLabel(run)}
        <div className="text-xs text-ink-3">
          {formatNumber(run.nLatents)} latents
          {run.preset === 'saelens' && ' · SAELens preset'}
        </div>
      </div>
    ),
  },
  {
    id: 'status',
    header: 'Status',
    accessorFn: (run) => run.status,
    cell: ({ row: { original: run } }) => <RunStatus run={run} bar />,
  },
  {
    id: 'fvu',
    header: 'FVU',
    accessorFn: bestFvu,
    meta: { align: 'right', term: 'fvu' },
    cell: ({ row: { original: run } }) => (
      <span className="inline-flex items-center gap-2 align-middle">
        {run.origin === 'trained' && <Sparkline values={run.fvuSparkline} label={`FVU of ${run.name} over training`} />}
        <span className="w-12">
          <Quantity value={bestFvu(run)} />
        </span>
      </span>
    ),
  },
  {
    id: 'l0',
    header: 'L0',
    accessorFn: bestL0,
    meta: { align: 'right', term: 'l0' },
    cell: ({ row: { original: run } }) => <Quantity value={bestL0(run)} />,
  },
  {
    id: 'ceRecovered',
    header: 'CE recovered',
    accessorFn: (run) => run.evaluation?.ceRecoveredMean ?? null,
    meta: { align: 'right', term: 'ceRecovered' },
    cell: ({ row: { original: run } }) => <Quantity value={run.evaluation?.ceRecoveredMean} />,
  },
  {
    id: 'dead',
    header: 'Dead',
    accessorFn: bestDeadShare,
    meta: { align: 'right', term: 'dead' },
    cell: ({ row: { original: run } }) => <Share value={bestDeadShare(run)} />,
  },
  {
    id: 'labelled',
    header: 'Labelled',
    accessorFn: labelledShare,
    meta: { align: 'right', term: 'labelled' },
    cell: ({ row: { original: run } }) => <Share value={labelledShare(run)} />,
  },
  {
    id: 'started',
    header: 'Started',
    accessorFn: (run) => run.startedAt ?? run.createdAt,
    meta: { align: 'right' },
    cell: ({ row: { original: run } }) => <Ago time={run.startedAt} />,
  },
  {
    id: 'actions',
    header: () => <span className="sr-only">Actions</span>,
    enableSorting: false,
    meta: { align: 'right' },
    cell: ({ row: { original: run } }) => <RunMenu run={run} />,
  },
];

/** A link to the page that compares the runs of a sweep; nothing on that page itself. */
function SweepMark({ sweepId }: { sweepId: string | null }) {
  const page = `/sweeps/${sweepId}`;
  if (usePathname() === page || sweepId === null) return null;
  return (
    <>
      <Link href={page} className="text-accent-ink hover:underline">
        Sweep
      </Link>
      {' · '}
    </>
  );
}

export function RunsTable({ runs }: { runs: Run[] }) {
  return (
    <DataTable
      label="Runs"
      data={runs}
      columns={columns}
      rowId={(run) => run.id}
      rowHref={(run) => `/runs/${run.id}`}
    />
  );
}
