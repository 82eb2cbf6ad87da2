'use client';

import type { TruthRow } from '@featurescope/contracts';
import type { ColumnDef } from '@tanstack/react-table';
import Link from 'next/link';
import { useMemo } from 'react';
import { DataTable } from '../ui/DataTable.tsx';
import { Quantity, Share } from '../ui/Quantity.tsx';
import { CosineBar } from './RecoveredLine.tsx';

const columnsOf = (runId: string): ColumnDef<TruthRow>[] => [
  {
    id: 'index',
    header: 'Truth',
    accessorKey: 'index',
    cell: ({ row: { original } }) => <span className="numeric font-mono text-[13px]">{original.index}</span>,
  },
  {
    id: 'latent',
    header: 'Latent',
    accessorFn: ({ latent }) => latent ?? Number.POSITIVE_INFINITY,
    cell: ({ row: { original } }) =>
      original.latent === null ? (
        <span className="text-ink-3">none left</span>
      ) : (
        <Link
          href={`/runs/${runId}/features/${original.latent}`}
          className="numeric font-mono text-[13px] text-accent-ink hover:underline"
        >
          {original.latent}
        </Link>
      ),
  },
  {
    id: 'cosine',
    header: 'Cosine',
    accessorKey: 'cosine',
    cell: ({ row: { original } }) => (
      <span className="inline-flex items-center gap-3">
        <CosineBar cosine={original.cosine} />
        <span className="font-mono text-[13px]">
          <Quantity value={original.cosine} decimals={3} />
        </span>
      </span>
    ),
  },
  {
    id: 'precision',
    header: 'Precision',
    accessorKey: 'precision',
    meta: { align: 'right', term: 'truthPrecision' },
    cell: ({ row: { original } }) => <Share value={original.precision} />,
  },
  {
    id: 'recall',
    header: 'Recall',
    accessorKey: 'recall',
    meta: { align: 'right', term: 'truthRecall' },
    cell: ({ row: { original } }) => <Share value={original.recall} />,
  },
  {
    id: 'density',
    header: 'Active on',
    accessorKey: 'density',
    meta: { align: 'right', wideOnly: true },
    cell: ({ row: { original } }) => <Share value={original.density} />,
  },
];

export function TruthTable({ runId, truths }: { runId: string; truths: TruthRow[] }) {
  const columns = useMemo(() => columnsOf(runId), [runId]);
  return <DataTable label="Truths" data={truths} columns={columns} rowId={(truth) => String(truth.index)} />;
}
