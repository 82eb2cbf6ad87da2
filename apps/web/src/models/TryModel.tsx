'use client';

import type { Model } from '@featurescope/contracts';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { continueText, predictTokens } from '../api/commands.ts';
import { Button } from '../ui/Button.tsx';
import { InlineError } from '../ui/States.tsx';
import { useDebounced } from '../ui/use-debounced.ts';
import { Predictions } from './Predictions.tsx';

const nPredicted = 5;
const nContinued = 30;

/** A text of one's own: what the model expects after each token, and how it goes on. */
export function TryModel({ model }: { model: Model }) {
  const [open, setOpen] = useState(false);
  return (
    <details className="mt-2 border-t border-line pt-2" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="h-8 leading-8 font-medium">Try it</summary>
      {open && <TryText model={model} />}
    </details>
  );
}

function TryText({ model }: { model: Model }) {
  const [text, setText] = useState('');
  const settled = useDebounced(text, 300);
  const asked = settled.trim() !== '';
  const query = useQuery({
    queryKey: ['predict', model.id, model.weightsHash, settled],
    queryFn: ({ signal }) => predictTokens(model.id, { text: settled, topK: nPredicted }, signal),
    enabled: asked,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const continuing = useMutation({
    mutationFn: () => continueText(model.id, { text, nTokens: nContinued, temperature: 0 }),
    onSuccess: (answer) => setText((current) => current + answer.text),
  });
  return (
    <div className="flex flex-col gap-2">
      <textarea
        aria-label={`Text for ${model.name}`}
        placeholder="Type the beginning of a sentence."
        value={text}
        maxLength={20_000}
        rows={2}
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
        className="w-full resize-y rounded-md border border-line-strong bg-surface p-2.5 text-sm"
      />
      <div className="flex flex-wrap items-center gap-3">
        <Button onClick={() => continuing.mutate()} disabled={text.trim() === '' || continuing.isPending}>
          {continuing.isPending ? 'Writing' : `Continue by ${nContinued} tokens`}
        </Button>
        <span className="text-xs text-ink-3">The likeliest token each time.</span>
      </div>
      {continuing.isError && <InlineError error={continuing.error} />}
      {query.error && asked && <InlineError error={query.error} />}
      {query.data && asked && !query.error && <Predictions prediction={query.data} stale={query.isPlaceholderData} />}
    </div>
  );
}
