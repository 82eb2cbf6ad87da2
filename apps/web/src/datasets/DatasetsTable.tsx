'use client';

import type { Dataset } from '@featurescope/contracts';
import { useQueryClient } from '@tanstack/react-query';
import type { ColumnDef } from '@tanstack/react-table';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { deleteDataset } from '../api/commands.ts';
import { IconButton } from '../ui/Button.tsx';
import { ConfirmDeletion } from '../ui/ConfirmDeletion.tsx';
import { DataTable } from '../ui/DataTable.tsx';
import { formatBytes } from '../ui/format.ts';
import { Ago, Quantity } from '../ui/Quantity.tsx';

const columns: ColumnDef<Dataset>[] = [
  {
    id: 'name',
    header: 'Name',
    accessorFn: (dataset) => dataset.name.toLowerCase(),
    cell: ({ row: { original: dataset } }) => (
      <div className="max-w-xl min-w-48 py-1">
        <span className="font-medium">{dataset.name}</span>
        {dataset.bundled && <span className="ml-2 text-xs text-ink-3">bundled</span>}
        {dataset.error ? (
          <p className="text-xs text-bad">{dataset.error}</p>
        ) : (
          dataset.sample && <p className="line-clamp-1 text-xs text-ink-3">{dataset.sample}</p>
        )}
      </div>
    ),
  },
  {
    id: 'status',
    header: 'Status',
    accessorKey: 'status',
    cell: ({ row: { original: dataset } }) =>
      dataset.status === 'ready' ? (
        'Ready'
      ) : dataset.status === 'failed' ? (
        <span className="text-bad">Failed</span>
      ) : (
        <span className="whitespace-nowrap">Being read</span>
      ),
  },
  {
    id: 'kinds',
    header: 'Kinds of text',
    accessorFn: (dataset) => dataset.kinds.length,
    enableSorting: false,
    meta: { wideOnly: true },
    cell: ({ row: { original: dataset } }) => (
      <span
        className="line-clamp-2 max-w-72 text-xs text-ink-2"
        title={dataset.kinds.map((kind) => `${kind.kind}: ${kind.nDocuments.toLocaleString('en-US')}`).join('\n')}
      >
        {dataset.kinds.map((kind) => kind.kind).join(', ') || '–'}
      </span>
    ),
  },
  {
    id: 'documents',
    header: 'Documents',
    accessorKey: 'nDocuments',
    meta: { align: 'right' },
    cell: ({ row: { original: dataset } }) => <Quantity value={dataset.nDocuments} />,
  },
  {
    id: 'size',
    header: 'Size',
    accessorKey: 'sizeBytes',
    meta: { align: 'right' },
    cell: ({ row: { original: dataset } }) => (
      <span className="numeric" title={`${dataset.sizeBytes.toLocaleString('en-US')} bytes`}>
        {formatBytes(dataset.sizeBytes)}
      </span>
    ),
  },
  {
    id: 'runs',
    header: 'Runs',
    accessorKey: 'nRuns',
    meta: { align: 'right' },
    cell: ({ row: { original: dataset } }) => <Quantity value={dataset.nRuns} />,
  },
  {
    id: 'added',
    header: 'Added',
    accessorKey: 'createdAt',
    meta: { align: 'right', wideOnly: true },
    cell: ({ row: { original: dataset } }) => <Ago time={dataset.createdAt} />,
  },
  {
    id: 'actions',
    header: () => <span className="sr-only">Actions</span>,
    enableSorting: false,
    meta: { align: 'right' },
    cell: ({ row: { original: dataset } }) => <DeleteDataset dataset={dataset} />,
  },
];

export function DatasetsTable({ datasets }: { datasets: Dataset[] }) {
  return <DataTable label="Datasets" data={datasets} columns={columns} rowId={(dataset) => dataset.id} />;
}

function DeleteDataset({ dataset }: { dataset: Dataset }) {
  const [open, setOpen] = useState(false);
  const client = useQueryClient();
  if (dataset.nRuns > 0)
    return (
      <span title="Runs use it: delete them first">
        <IconButton label={`${dataset.name} is used by runs and cannot be deleted`} disabled>
          <Trash2 size={16} aria-hidden />
        </IconButton>
      </span>
    );
  return (
    <>
      <IconButton label={`Delete ${dataset.name}`} onClick={() => setOpen(true)}>
        <Trash2 size={16} aria-hidden />
      </IconButton>
      <ConfirmDeletion
        what="dataset"
        name={dataset.name}
        consequence="Its documents are removed from this machine’s store. This cannot be undone."
        remove={() => deleteDataset(dataset.id)}
        open={open}
        onOpenChange={setOpen}
        onDone={() => void client.invalidateQueries({ queryKey: ['datasets'] })}
      />
    </>
  );
}
