'use client';

import type { Run } from '@featurescope/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { Ellipsis } from 'lucide-react';
import Link from 'next/link';
import { DropdownMenu } from 'radix-ui';
import { useState } from 'react';
import { deleteRun } from '../api/commands.ts';
import { runsQuery } from '../api/queries.ts';
import { IconButton } from '../ui/Button.tsx';
import { ConfirmDeletion } from '../ui/ConfirmDeletion.tsx';
import { menuItemStyle, menuStyle } from '../ui/menu-style.ts';
import { isSynthetic } from './run-subject.ts';

export function RunMenu({ run, onDeleted }: { run: Run; onDeleted?: () => void }) {
  const [deleting, setDeleting] = useState(false);
  const client = useQueryClient();
  return (
    <>
      <DropdownMenu.Root>
        <DropdownMenu.Trigger asChild>
          <IconButton label={`Actions for ${run.name}`}>
            <Ellipsis size={16} aria-hidden />
          </IconButton>
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content align="end" sideOffset={4} className={menuStyle}>
            {run.nFeatures > 0 && (
              <DropdownMenu.Item asChild className={menuItemStyle}>
                <Link href={`/runs/${run.id}/features`}>Browse features</Link>
              </DropdownMenu.Item>
            )}
            <DropdownMenu.Item asChild className={menuItemStyle}>
              <Link href={`/runs/new?from=${run.id}`}>New run from this</Link>
            </DropdownMenu.Item>
            {run.nFeatures > 0 && !isSynthetic(run) && (
              <DropdownMenu.Item asChild className={menuItemStyle}>
                <a href={`/api/runs/${run.id}/neuronpedia`} download>
                  Features for Neuronpedia
                </a>
              </DropdownMenu.Item>
            )}
            <DropdownMenu.Item className={`${menuItemStyle} text-bad`} onSelect={() => setDeleting(true)}>
              Delete run
            </DropdownMenu.Item>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      <ConfirmDeletion
        what="run"
        name={run.name}
        consequence="Its weights, metrics, features and labels are removed, and its steering experiments with them. This cannot be undone."
        remove={() => deleteRun(run.id)}
        open={deleting}
        onOpenChange={setDeleting}
        onDone={() => {
          client.setQueryData(runsQuery.queryKey, (runs) => runs?.filter((other) => other.id !== run.id));
          void client.invalidateQueries({ queryKey: ['runs'] });
          onDeleted?.();
        }}
      />
    </>
  );
}
