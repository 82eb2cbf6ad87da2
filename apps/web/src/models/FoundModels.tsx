'use client';

import type { ModelSource } from '@featurescope/contracts';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { foundModelsQuery } from '../api/queries.ts';
import { Button } from '../ui/Button.tsx';
import { classNames } from '../ui/class-names.ts';
import { Field, TextInput } from '../ui/Field.tsx';
import { InlineError, Skeleton } from '../ui/States.tsx';
import { kindNames } from './describe-source.ts';

/** What lies under the roots and was not added, and a path for what lies deeper. */
export function FoundModels({
  chosen,
  onChoose,
}: {
  chosen: ModelSource | null;
  onChoose: (source: ModelSource) => void;
}) {
  const { data, error } = useQuery(foundModelsQuery);
  const [path, setPath] = useState('');
  const typed = path.trim();
  return (
    <div className="flex w-full flex-col gap-2">
      {data ? (
        data.found.length > 0 ? (
          <ul
            className="max-h-72 overflow-auto rounded-md border border-line"
            aria-label="Models found on this machine"
          >
            {data.found.map(({ kind, path: where, name }) => (
              <li key={where} className="border-b border-line last:border-b-0">
                <button
                  type="button"
                  aria-pressed={chosen?.kind === kind && chosen.path === where}
                  onClick={() => onChoose({ kind, path: where })}
                  className={classNames(
                    'flex w-full flex-wrap items-baseline gap-x-3 px-3 py-1.5 text-left hover:bg-hover',
                    chosen?.kind === kind && chosen.path === where && 'bg-accent-soft',
                  )}
                >
                  <span className="font-medium">{name}</span>
                  <span className="text-xs text-ink-3">{kindNames[kind]}</span>
                  <span className="min-w-0 truncate font-mono text-xs text-ink-3 sm:ml-auto" title={where}>
                    {where}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        ) : (
          <p className="text-ink-2">Nothing was found there that is not added yet.</p>
        )
      ) : error ? (
        <InlineError error={error} />
      ) : (
        <Skeleton className="h-16 w-full" />
      )}
      <p className="text-xs break-words text-ink-3">
        {data && `Looked in ${data.roots.join(' and ')}. FEATURESCOPE_MODEL_ROOTS names other places.`}
      </p>
      <form
        className="flex max-w-2xl flex-wrap items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed) onChoose({ kind: typed.toLowerCase().endsWith('.gguf') ? 'gguf' : 'directory', path: typed });
        }}
      >
        <Field label="Path" className="flex-1 basis-64" steady={false}>
          {(control) => (
            <TextInput
              {...control}
              maxLength={4096}
              placeholder="a Hugging Face directory or a .gguf file under one of these"
              value={path}
              onChange={(event) => setPath(event.target.value)}
            />
          )}
        </Field>
        <Button type="submit" disabled={typed === ''}>
          Look at it
        </Button>
      </form>
    </div>
  );
}
