'use client';

import type { ModelSource } from '@featurescope/contracts';
import { useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { Field, TextInput } from '../ui/Field.tsx';

/** The name of a model on the hub, and which state of it. */
export function HubForm({ chosen, onChoose }: { chosen: ModelSource | null; onChoose: (source: ModelSource) => void }) {
  const [repo, setRepo] = useState(chosen?.kind === 'hub' ? chosen.repo : '');
  const [revision, setRevision] = useState('');
  return (
    <form
      className="flex w-full max-w-2xl flex-col items-start gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (repo.trim()) onChoose({ kind: 'hub', repo: repo.trim(), revision: revision.trim() || undefined });
      }}
    >
      <div className="grid w-full gap-x-4 gap-y-2 sm:grid-cols-[2fr_1fr]">
        <Field label="Name on the hub" steady={false} hint="organisation/model">
          {(control) => (
            <TextInput {...control} maxLength={200} value={repo} onChange={(event) => setRepo(event.target.value)} />
          )}
        </Field>
        <Field label="Revision" steady={false} hint="Branch, tag or commit; main when empty">
          {(control) => (
            <TextInput
              {...control}
              maxLength={200}
              value={revision}
              onChange={(event) => setRevision(event.target.value)}
            />
          )}
        </Field>
      </div>
      <p className="text-xs text-ink-3">
        Files go into Hugging Face’s own cache on the server, shared with other programs. A gated model needs HF_TOKEN
        in the server’s environment.
      </p>
      <Button type="submit" disabled={repo.trim() === ''}>
        Look at it
      </Button>
    </form>
  );
}
