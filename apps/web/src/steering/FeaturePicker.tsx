'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useState } from 'react';
import { featuresQuery } from '../api/queries.ts';
import { Button } from '../ui/Button.tsx';
import { TextInput } from '../ui/Field.tsx';
import { LoneToken } from '../ui/Token.tsx';
import { useDebounced } from '../ui/use-debounced.ts';

/** Adds a feature by its index, its label or a token. */
export function FeaturePicker({
  runId,
  taken,
  onPick,
}: {
  runId: string;
  taken: number[];
  onPick: (index: number) => void;
}) {
  const [open, setOpen] = useState(false);
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        <Button className="self-start">
          <Plus size={14} aria-hidden />
          Add a feature
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={4}
          collisionPadding={12}
          className="z-40 w-96 max-w-[calc(100vw-2rem)] rounded-lg border border-line bg-surface p-2 shadow-pop"
        >
          <PickerList
            runId={runId}
            taken={taken}
            onPick={(index) => {
              setOpen(false);
              onPick(index);
            }}
          />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function PickerList({ runId, taken, onPick }: { runId: string; taken: number[]; onPick: (index: number) => void }) {
  const [text, setText] = useState('');
  const q = useDebounced(text.trim(), 200);
  const typedIndex = /^\d{1,8}$/.test(q) ? Number(q) : null;
  const { data, error, isFetching } = useInfiniteQuery(
    featuresQuery(runId, { sort: 'score', order: 'desc', dead: 'false', limit: 20, q: q || undefined }),
  );
  const features = (data?.pages[0]?.features ?? []).filter((feature) => !taken.includes(feature.index)).slice(0, 20);
  return (
    <>
      <TextInput
        autoFocus
        aria-label="Find a feature"
        placeholder="Label, token or index"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <ul className="mt-1 max-h-72 overflow-auto" aria-busy={isFetching}>
        {typedIndex !== null && !taken.includes(typedIndex) && (
          <li>
            <Choice onClick={() => onPick(typedIndex)} index={typedIndex} label={`Feature ${typedIndex}`} />
          </li>
        )}
        {features.map((feature) => (
          <li key={feature.index}>
            <Choice
              onClick={() => onPick(feature.index)}
              index={feature.index}
              label={
                feature.label ??
                feature.topTokens.slice(0, 4).map((token) => <LoneToken key={token.tokenId} text={`${token.text} `} />)
              }
            />
          </li>
        ))}
        {features.length === 0 && typedIndex === null && (
          <li className="px-2 py-4 text-center text-ink-2">
            {error ? error.message : isFetching ? 'Searching' : 'No feature matches.'}
          </li>
        )}
      </ul>
    </>
  );
}

function Choice({ index, label, onClick }: { index: number; label: React.ReactNode; onClick: () => void }) {
  return (
    <button
      type="button"
      onClick={onClick}
      className="flex h-8 w-full items-center gap-3 rounded-md px-2 text-left -outline-offset-2 hover:bg-hover"
    >
      <span className="numeric w-12 shrink-0 text-right font-mono text-xs text-ink-3">{index}</span>
      <span className="truncate">{label}</span>
    </button>
  );
}
