'use client';

import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Button } from './Button.tsx';
import { Dialog } from './Dialog.tsx';
import { Field, TextInput } from './Field.tsx';
import { InlineError } from './States.tsx';

/** Deletes only after the thing's name was typed, because there is no undo. */
export function ConfirmDeletion({
  what,
  name,
  consequence,
  remove,
  onDone,
  open,
  onOpenChange,
}: {
  what: string;
  name: string;
  consequence: ReactNode;
  remove: () => Promise<unknown>;
  onDone: () => void;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const [typed, setTyped] = useState('');
  const deletion = useMutation({
    mutationFn: remove,
    onSuccess: () => {
      onOpenChange(false);
      onDone();
    },
  });
  const matches = typed.trim() === name.trim();
  const close = (next: boolean) => {
    setTyped('');
    deletion.reset();
    onOpenChange(next);
  };
  return (
    <Dialog open={open} onOpenChange={close} title={`Delete ${what}`} description={consequence}>
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (matches) deletion.mutate();
        }}
      >
        <Field label={`Type “${name}” to confirm`}>
          {(control) => <TextInput {...control} autoFocus value={typed} onChange={(e) => setTyped(e.target.value)} />}
        </Field>
        {deletion.isError && <InlineError error={deletion.error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={() => close(false)}>Keep it</Button>
          <Button type="submit" kind="danger" disabled={!matches || deletion.isPending}>
            {deletion.isPending ? 'Deleting' : `Delete ${what}`}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
