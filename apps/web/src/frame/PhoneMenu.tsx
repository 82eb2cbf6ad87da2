'use client';

import { Menu, X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { useState } from 'react';
import { IconButton } from '../ui/Button.tsx';
import { RailLinks } from './Rail.tsx';

/** The rail of a narrow screen: a drawer. */
export function PhoneMenu() {
  const [open, setOpen] = useState(false);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger asChild>
        <IconButton label="Menu" className="-ml-2 md:hidden">
          <Menu size={18} aria-hidden />
        </IconButton>
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-y-0 left-0 z-50 w-64 border-r border-line bg-surface p-2 shadow-pop"
        >
          <div className="mb-1 flex h-8 items-center px-2">
            <Dialog.Title className="font-semibold">featurescope</Dialog.Title>
            <Dialog.Close asChild>
              <IconButton label="Close the menu" className="ml-auto">
                <X size={16} aria-hidden />
              </IconButton>
            </Dialog.Close>
          </div>
          <RailLinks onFollow={() => setOpen(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
