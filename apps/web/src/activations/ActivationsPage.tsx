'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { readActivations } from '../api/commands.ts';
import { useRun } from '../run/RunFrame.tsx';
import { isActive } from '../runs/run-state.ts';
import { classNames } from '../ui/class-names.ts';
import { Field } from '../ui/Field.tsx';
import { Panel } from '../ui/Panel.tsx';
import { EmptyState, InlineError, Skeleton, SkeletonRows } from '../ui/States.tsx';
import { useDebounced } from '../ui/use-debounced.ts';
import { FiringFeatures } from './FiringFeatures.tsx';
import { strongestFeatures } from './strongest-features.ts';
import { TokenPicker } from './TokenPicker.tsx';

const sample = 'The king said to his servants: bring me 3 horses and 40 pieces of silver before the sun goes down.';
const maxCharacters = 20_000;

/** Which features fire on a text of one's own, token by token. */
export function ActivationsPage() {
  const run = useRun();
  const [text, setText] = useState(sample);
  const [selected, setSelected] = useState<number | null>(null);
  const settled = useDebounced(text, 250);
  const ready = run.nFeatures > 0 && run.source === 'model';
  const query = useQuery({
    queryKey: ['activations', run.id, settled],
    queryFn: ({ signal }) => readActivations(run.id, { text: settled }, signal),
    enabled: ready && settled.trim() !== '',
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (run.source === 'synthetic')
    return (
      <EmptyState title="There is no model to read a text">
        This run is on synthetic data. What its latents respond to stands under Ground truth.
      </EmptyState>
    );
  if (!ready)
    return (
      <EmptyState title="No features yet">
        {isActive(run)
          ? 'Once training and indexing are done you can try any text here.'
          : 'This run ended before its latents were indexed.'}
      </EmptyState>
    );
  const tokens = settled.trim() === '' ? [] : (query.data?.tokens ?? []);
  const waiting = settled.trim() !== '' && query.isPending && !query.error;
  const shown = selected !== null && tokens[selected] ? tokens[selected].features : strongestFeatures(tokens);
  return (
    <div className="grid items-start gap-4 px-4 py-4 md:px-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <Panel title="Which features fire on this text?">
        <Field
          label="Your text"
          hint={`${text.length.toLocaleString('en-US')} of ${maxCharacters.toLocaleString('en-US')} characters`}
        >
          {(control) => (
            <textarea
              {...control}
              value={text}
              maxLength={maxCharacters}
              spellCheck={false}
              rows={4}
              onChange={(event) => {
                setText(event.target.value);
                setSelected(null);
              }}
              className="w-full resize-y rounded-md border border-line-strong bg-surface p-2.5 text-sm"
            />
          )}
        </Field>
        {query.error && <InlineError error={query.error} />}
        {waiting && <Skeleton className="h-24 w-full" />}
        {tokens.length > 0 && (
          <div className={classNames('mt-2', query.isPlaceholderData && 'opacity-60')} aria-busy={query.isFetching}>
            <TokenPicker tokens={tokens} selected={selected} onSelect={setSelected} />
            <p className="mt-3 text-xs text-ink-3">
              Colour: the strongest activation on the token. Select a token to see which features fire there.
            </p>
          </div>
        )}
      </Panel>
      <Panel
        flush
        title={selected !== null && tokens[selected] ? 'On the selected token' : 'Strongest in the whole text'}
        aside={
          selected !== null && (
            <button type="button" className="text-accent-ink hover:underline" onClick={() => setSelected(null)}>
              Whole text
            </button>
          )
        }
      >
        {waiting ? (
          <SkeletonRows rows={6} />
        ) : shown.length > 0 ? (
          <FiringFeatures run={run} features={shown} />
        ) : (
          <p className="px-4 pb-4 text-ink-3">
            {tokens.length === 0
              ? 'Type a text to see features.'
              : 'No feature fires here. The first, special token is never read.'}
          </p>
        )}
      </Panel>
    </div>
  );
}
