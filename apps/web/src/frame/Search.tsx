'use client';

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Search as SearchIcon } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTheme } from 'next-themes';
import { Dialog } from 'radix-ui';
import { useEffect, useId, useState } from 'react';
import { featuresQuery, runsQuery } from '../api/queries.ts';
import { runSubject } from '../runs/run-subject.ts';
import { classNames } from '../ui/class-names.ts';
import { useDebounced } from '../ui/use-debounced.ts';
import { useCurrentRun } from './use-current-run.ts';

interface Hit {
  id: string;
  group: string;
  label: string;
  note?: string;
  go: () => void;
}

const mostHits = 6;

/** Finds runs, features of the current run, and actions. Opens on ⌘K or Ctrl K from anywhere. */
export function Search() {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        setOpen((was) => !was);
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger
        aria-label="Search"
        className="flex h-8 items-center gap-2 rounded-md border border-line px-2.5 text-ink-3 hover:bg-hover hover:text-ink md:w-56"
      >
        <SearchIcon size={14} aria-hidden />
        <span className="max-md:hidden">Search</span>
        <kbd className="ml-auto font-sans text-xs max-md:hidden">⌘K</kbd>
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed top-[12vh] left-1/2 z-50 w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 overflow-hidden rounded-lg border border-line bg-surface shadow-pop"
        >
          <Dialog.Title className="sr-only">Search</Dialog.Title>
          <SearchBox close={() => setOpen(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function SearchBox({ close }: { close: () => void }) {
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const listId = useId();
  const { hits, pending } = useHits(text.trim());
  const follow = (hit: Hit | undefined) => {
    if (!hit) return;
    close();
    hit.go();
  };
  const chosen = Math.min(active, hits.length - 1);
  return (
    <>
      <input
        // biome-ignore lint/a11y/noAutofocus: the dialog was opened to type here
        autoFocus
        role="combobox"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={hits[chosen] ? `${listId}-${chosen}` : undefined}
        aria-label="Search runs, features and actions"
        placeholder="Search runs, features by label or token, actions"
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setActive(0);
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') setActive(Math.min(chosen + 1, hits.length - 1));
          else if (event.key === 'ArrowUp') setActive(Math.max(chosen - 1, 0));
          else if (event.key === 'Enter') follow(hits[chosen]);
          else return;
          event.preventDefault();
        }}
        className="h-12 w-full border-b border-line bg-transparent px-4 text-base outline-none"
      />
      <div id={listId} role="listbox" aria-label="Results" className="max-h-[50vh] overflow-auto p-1">
        {hits.length === 0 && (
          <p className="px-3 py-6 text-center text-ink-2">
            {pending ? 'Searching' : 'Nothing found. Try a part of a name or a single token.'}
          </p>
        )}
        {hits.map((hit, i) => (
          <div key={hit.id}>
            {hit.group !== hits[i - 1]?.group && <p className="px-3 pt-2 pb-1 text-xs text-ink-3">{hit.group}</p>}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the combobox */}
            <div
              id={`${listId}-${i}`}
              role="option"
              tabIndex={-1}
              aria-selected={i === chosen}
              onMouseMove={() => setActive(i)}
              onClick={() => follow(hit)}
              className={classNames(
                'flex h-9 cursor-pointer items-center gap-3 rounded-md px-3',
                i === chosen && 'bg-hover',
              )}
            >
              <span className="truncate">{hit.label}</span>
              {hit.note && <span className="ml-auto shrink-0 text-xs text-ink-3">{hit.note}</span>}
            </div>
          </div>
        ))}
      </div>
    </>
  );
}

function useHits(text: string): { hits: Hit[]; pending: boolean } {
  const router = useRouter();
  const { setTheme, resolvedTheme } = useTheme();
  const currentRun = useCurrentRun();
  const { data: runs = [] } = useQuery(runsQuery);
  const q = useDebounced(text, 200);
  const searchable = q !== '' && currentRun !== undefined && currentRun.nFeatures > 0;
  const features = useInfiniteQuery({
    ...featuresQuery(currentRun?.id ?? '', { q, limit: mostHits }),
    enabled: searchable,
  });
  const includes = (label: string) => label.toLowerCase().includes(text.toLowerCase());
  const actions: Hit[] = [
    { id: 'new-run', label: 'New run', go: () => router.push('/runs/new') },
    { id: 'steer', label: 'Steer a feature', go: () => router.push('/steering') },
    { id: 'upload', label: 'Upload a dataset', go: () => router.push('/data') },
    { id: 'glossary', label: 'Open the glossary', go: () => router.push('/glossary') },
    {
      id: 'theme',
      label: resolvedTheme === 'dark' ? 'Use the light theme' : 'Use the dark theme',
      go: () => setTheme(resolvedTheme === 'dark' ? 'light' : 'dark'),
    },
  ].map((action) => ({ ...action, group: 'Actions' }));
  const featureHits = searchable ? (features.data?.pages[0]?.features.slice(0, mostHits) ?? []) : [];
  return {
    pending: searchable && features.isFetching,
    hits: [
      ...featureHits.map((feature) => ({
        id: `feature-${feature.index}`,
        group: `Features of ${currentRun?.name}`,
        label:
          feature.label ??
          feature.topTokens
            .slice(0, 4)
            .map((token) => token.text.trim())
            .join(', '),
        note: `feature ${feature.index}`,
        go: () => router.push(`/runs/${currentRun?.id}/features/${feature.index}`),
      })),
      ...runs
        .filter((run) => includes(run.name))
        .slice(0, mostHits)
        .map((run) => ({
          id: run.id,
          group: 'Runs',
          label: run.name,
          note: runSubject(run),
          go: () => router.push(`/runs/${run.id}`),
        })),
      ...actions.filter((action) => includes(action.label)),
    ],
  };
}
