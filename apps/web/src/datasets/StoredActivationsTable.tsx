'use client';

import type { ActivationSet } from '@featurescope/contracts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ColumnDef } from '@tanstack/react-table';
import { Trash2 } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { deleteActivations } from '../api/commands.ts';
import { Button, IconButton } from '../ui/Button.tsx';
import { DataTable } from '../ui/DataTable.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { formatBytes, shortHookName } from '../ui/format.ts';
import { Ago, Quantity } from '../ui/Quantity.tsx';
import { InlineError } from '../ui/States.tsx';

const columns: ColumnDef<ActivationSet>[] = [
  {
    id: 'name',
    header: 'Model and hook point',
    accessorFn: (set) => `${set.modelName} ${set.hookName}`,
    cell: ({ row: { original: set } }) => (
      <div className="min-w-40 py-1">
        <span className="font-medium">{set.modelName}</span>
        <p className="text-xs text-ink-3" title={set.hookName}>
          {shortHookName(set.hookName)} · {set.datasetName} · contexts of {set.contextSize}
        </p>
      </div>
    ),
  },
  {
    id: 'tokens',
    header: 'Tokens',
    accessorKey: 'nTokens',
    meta: { align: 'right', wideOnly: true },
    cell: ({ row: { original: set } }) => <Quantity value={set.nTokens} />,
  },
  {
    id: 'share',
    header: 'Of the text',
    accessorFn: (set) => set.nStoredShards / set.nShards,
    meta: { align: 'right', wideOnly: true },
    cell: ({ row: { original: set } }) => (
      <span className="numeric" title={`${set.nStoredShards} of ${set.nShards} shards`}>
        {Math.round((100 * set.nStoredShards) / set.nShards)}%
      </span>
    ),
  },
  {
    id: 'size',
    header: 'Size',
    accessorKey: 'sizeBytes',
    meta: { align: 'right' },
    cell: ({ row: { original: set } }) => <span className="numeric">{formatBytes(set.sizeBytes)}</span>,
  },
  {
    id: 'runs',
    header: 'Runs',
    accessorFn: (set) => set.runs.length,
    meta: { align: 'right', wideOnly: true },
    cell: ({ row: { original: set } }) => <Runs set={set} />,
  },
  {
    id: 'used',
    header: 'Last used',
    accessorKey: 'lastUsedAt',
    meta: { align: 'right', wideOnly: true },
    cell: ({ row: { original: set } }) => (set.isInUse ? 'in use' : <Ago time={set.lastUsedAt} />),
  },
  {
    id: 'actions',
    header: () => <span className="sr-only">Actions</span>,
    enableSorting: false,
    meta: { align: 'right' },
    cell: ({ row: { original: set } }) => <DeleteSet set={set} />,
  },
];

export function StoredActivationsTable({ sets }: { sets: ActivationSet[] }) {
  return <DataTable label="Stored activations" data={sets} columns={columns} rowId={(set) => set.id} />;
}

/** The newest by name; more than that are a number. */
function Runs({ set: { runs } }: { set: ActivationSet }) {
  if (runs.length === 0) return <span className="text-ink-3">none left</span>;
  const [newest, ...others] = runs;
  return (
    <span title={runs.map(({ name }) => name).join('\n')}>
      <Link href={`/runs/${newest.id}`} className="text-accent-ink hover:underline">
        {newest.name.length > 24 ? `${newest.name.slice(0, 24)}…` : newest.name}
      </Link>
      {others.length > 0 && ` and ${others.length} more`}
    </span>
  );
}

/** Asks once, without typing: what is deleted can be made again. */
function DeleteSet({ set }: { set: ActivationSet }) {
  const [open, setOpen] = useState(false);
  const client = useQueryClient();
  const deletion = useMutation({
    mutationFn: () => deleteActivations(set.id),
    onSuccess: () => {
      setOpen(false);
      void client.invalidateQueries({ queryKey: ['activations'] });
      void client.invalidateQueries({ queryKey: ['estimate'] });
    },
  });
  const name = `${set.modelName}, ${shortHookName(set.hookName)}, ${set.datasetName}`;
  const change = (next: boolean) => {
    deletion.reset();
    setOpen(next);
  };
  return (
    <>
      <IconButton
        label={set.isInUse ? `A running run reads the activations of ${name}` : `Delete the activations of ${name}`}
        disabled={set.isInUse}
        onClick={() => setOpen(true)}
      >
        <Trash2 size={16} aria-hidden />
      </IconButton>
      <Dialog
        open={open}
        onOpenChange={change}
        title="Delete stored activations"
        description={`${formatBytes(set.sizeBytes)} of ${name} are removed. Runs keep what they learnt; the next one that needs these activations reads the model again.`}
      >
        {deletion.isError && <InlineError error={deletion.error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={() => change(false)}>Keep them</Button>
          <Button kind="danger" disabled={deletion.isPending} onClick={() => deletion.mutate()}>
            {deletion.isPending ? 'Deleting' : 'Delete activations'}
          </Button>
        </div>
      </Dialog>
    </>
  );
}
