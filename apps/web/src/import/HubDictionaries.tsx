'use client';

import type { DictionarySource, HubDictionariesRequest, HubDictionaryList } from '@featurescope/contracts';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { hubDictionariesQuery } from '../api/queries.ts';
import { Button } from '../ui/Button.tsx';
import { Field, SelectInput, TextInput } from '../ui/Field.tsx';
import { formatBytes } from '../ui/format.ts';
import { InlineError, Skeleton } from '../ui/States.tsx';
import { HubDownload } from './HubDownload.tsx';
import { splitHubPlace } from './hub-place.ts';

interface HubDictionariesProps {
  onChange: (source: DictionarySource | null) => void;
}

/** A repository of the hub, the dictionaries in it, and the download of one. */
export function HubDictionaries({ onChange }: HubDictionariesProps) {
  const [place, setPlace] = useState('');
  const [revision, setRevision] = useState('');
  const [asked, setAsked] = useState<HubDictionariesRequest | null>(null);
  const list = useQuery(hubDictionariesQuery(asked));
  const look = () => {
    if (place.trim() === '') return;
    onChange(null);
    const next = { ...splitHubPlace(place), revision: revision.trim() || undefined };
    if (JSON.stringify(next) === JSON.stringify(asked)) void list.refetch();
    setAsked(next);
  };
  // Inspection comes before the form is sent.
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    look();
  };
  return (
    <div className="flex flex-col gap-2">
      <div className="grid gap-x-4 gap-y-2 sm:grid-cols-[2fr_1fr]">
        <Field label="Name on the hub" steady={false} hint="organisation/name, and a folder of it where it is large">
          {(control) => (
            <TextInput
              {...control}
              maxLength={700}
              className="font-mono text-[13px]"
              value={place}
              onChange={(event) => setPlace(event.target.value)}
              onKeyDown={onKeyDown}
            />
          )}
        </Field>
        <Field label="Revision" steady={false} hint="Branch, tag or commit; main when empty">
          {(control) => (
            <TextInput
              {...control}
              maxLength={200}
              value={revision}
              onChange={(event) => setRevision(event.target.value)}
              onKeyDown={onKeyDown}
            />
          )}
        </Field>
      </div>
      <Button className="self-start" disabled={place.trim() === '' || list.isFetching} onClick={look}>
        Look at it
      </Button>
      {list.isFetching ? (
        <div role="status" aria-label="Looking at the repository">
          <Skeleton className="h-8 w-full" />
        </div>
      ) : list.error ? (
        <InlineError title="It cannot be looked at." error={list.error} />
      ) : (
        list.data && <Found key={list.dataUpdatedAt} list={list.data} onChange={onChange} />
      )}
    </div>
  );
}

function Found({ list, onChange }: HubDictionariesProps & { list: HubDictionaryList }) {
  const { repo, commit, dictionaries, refused, nMore } = list;
  const [path, setPath] = useState<string | null>(null);
  const chosen = dictionaries.find((one) => one.path === path);
  const choose = (next: string | null) => {
    setPath(next);
    const found = dictionaries.find((one) => one.path === next);
    const isHere = found?.downloadBytes === 0;
    onChange(isHere ? { kind: 'hub', repo, path: found.path || undefined, revision: commit } : null);
  };
  return (
    <>
      {dictionaries.length > 0 ? (
        <Field
          label="Found in it"
          steady={false}
          hint={`${dictionaries.length === 1 ? 'One dictionary' : `${dictionaries.length} dictionaries`} at commit ${commit.slice(0, 10)}${nMore > 0 ? `; ${nMore} more are left out: name a folder` : ''}`}
        >
          {(control) => (
            <SelectInput
              {...control}
              value={path ?? 'none'}
              onChange={(event) => choose(event.target.value === 'none' ? null : event.target.value)}
            >
              <option value="none">Choose a dictionary</option>
              {dictionaries.map((one) => (
                <option key={one.path} value={one.path}>
                  {one.path || 'its top folder'} ({formatBytes(one.sizeBytes)}
                  {one.downloadBytes === 0 ? ', here already' : ''})
                </option>
              ))}
            </SelectInput>
          )}
        </Field>
      ) : (
        refused.length === 0 && <p className="text-ink-2">No folder of it holds a dictionary that is read here.</p>
      )}
      {chosen && chosen.downloadBytes > 0 && (
        <HubDownload
          key={chosen.path}
          request={{ repo, path: chosen.path || undefined, revision: commit }}
          downloadBytes={chosen.downloadBytes}
          onDone={onChange}
        />
      )}
      {refused.length > 0 && (
        <details open={dictionaries.length === 0} className="text-[13px]">
          <summary className="py-1">
            {refused.length === 1 ? 'One folder is not read' : `${refused.length} folders are not read`}
          </summary>
          <ul className="flex max-h-72 flex-col gap-2 overflow-auto pb-1">
            {refused.slice(0, 20).map((one) => (
              <li key={one.path}>
                <code className="break-all">{one.path || 'top folder'}</code>
                <p className="break-words whitespace-pre-line text-ink-2">{one.reason}</p>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
