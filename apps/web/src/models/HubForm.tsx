'use client';

import type { HubGgufList, ModelSource } from '@featurescope/contracts';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { listHubGguf } from '../api/commands.ts';
import { Button } from '../ui/Button.tsx';
import { Field, SelectInput, TextInput } from '../ui/Field.tsx';
import { formatBytes } from '../ui/format.ts';
import { InlineError } from '../ui/States.tsx';

interface HubFormProps {
  chosen: ModelSource | null;
  onChoose: (source: ModelSource | null) => void;
}

/** The name of a model on the hub, which state of it, and which of its GGUF files where there are some. */
export function HubForm({ chosen, onChoose }: HubFormProps) {
  const [repo, setRepo] = useState(chosen?.kind === 'hub' ? chosen.repo : '');
  const [revision, setRevision] = useState('');
  const look = useMutation({
    mutationFn: () => listHubGguf({ repo: repo.trim(), revision: revision.trim() || undefined }),
    onMutate: () => onChoose(null),
    onSuccess: (list) => {
      if (list.hasSafetensors || list.files.length === 0) onChoose(wholeModel(list));
    },
  });
  return (
    <form
      className="flex w-full max-w-2xl flex-col items-start gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (repo.trim()) look.mutate();
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
      <Button type="submit" disabled={repo.trim() === '' || look.isPending}>
        {look.isPending ? 'Looking' : 'Look at it'}
      </Button>
      {look.error && <InlineError title="It cannot be looked at." error={look.error} />}
      {look.data && look.data.files.length > 0 && <GgufFiles list={look.data} chosen={chosen} onChoose={onChoose} />}
    </form>
  );
}

const wholeModel = ({ repo, commit }: HubGgufList) => ({ kind: 'hub', repo, revision: commit }) as const;

function GgufFiles({ list, chosen, onChoose }: HubFormProps & { list: HubGgufList }) {
  const { files, hasSafetensors } = list;
  const path = chosen?.kind === 'hub' ? (chosen.path ?? '') : '';
  const nUnread = files.filter(({ problem }) => problem !== null).length;
  return (
    <Field
      label="File"
      steady={false}
      className="w-full"
      hint={`${files.length === 1 ? 'One GGUF file' : `${files.length} GGUF files`}: fewer bits are less to download, and say a little less well what the model says${nUnread > 0 ? `; ${nUnread} cannot be read here` : ''}.`}
    >
      {(control) => (
        <SelectInput
          {...control}
          value={path}
          onChange={(event) => {
            const next = event.target.value;
            onChoose(next === '' ? (hasSafetensors ? wholeModel(list) : null) : { ...wholeModel(list), path: next });
          }}
        >
          <option value="">{hasSafetensors ? 'Safetensors, as it was published' : 'Choose a file'}</option>
          {files.map((file) => (
            <option
              key={file.path}
              value={file.path}
              disabled={file.problem !== null}
              title={file.problem ?? undefined}
            >
              {file.path} ({[file.quantisation, formatBytes(file.sizeBytes)].filter(Boolean).join(', ')}
              {file.problem !== null && ', not read'}
              {file.isLocal && ', here already'})
            </option>
          ))}
        </SelectInput>
      )}
    </Field>
  );
}
