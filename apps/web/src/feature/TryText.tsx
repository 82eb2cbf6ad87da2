'use client';

import type { FeatureDetail } from '@featurescope/contracts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { readActivations } from '../api/commands.ts';
import { classNames } from '../ui/class-names.ts';
import { Panel } from '../ui/Panel.tsx';
import { Quantity } from '../ui/Quantity.tsx';
import { InlineError } from '../ui/States.tsx';
import { ActivationLegend, ActiveToken } from '../ui/Token.tsx';
import { useDebounced } from '../ui/use-debounced.ts';

/** A box for a text of one's own, with this feature's activation on it as one types. */
export function TryText({ feature }: { feature: FeatureDetail }) {
  const [text, setText] = useState('');
  const settled = useDebounced(text, 150);
  const asked = settled.trim() !== '';
  const query = useQuery({
    queryKey: ['activations', feature.runId, settled, feature.index],
    queryFn: ({ signal }) => readActivations(feature.runId, { text: settled, featureIndex: feature.index }, signal),
    enabled: asked,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const tokens = asked ? query.data?.tokens.filter((token) => !token.special) : undefined;
  const maximum = query.data?.maxActivation ?? feature.maxActivation;
  const activationOf = (token: NonNullable<typeof tokens>[number]) =>
    token.features.find((firing) => firing.index === feature.index)?.activation ?? 0;
  const highest = tokens ? Math.max(0, ...tokens.map(activationOf)) : null;
  return (
    <Panel title="Try your own text" aside={tokens && <ActivationLegend maximum={maximum} />}>
      <textarea
        aria-label="Try your own text"
        placeholder="Type a sentence that you think makes it fire, then change one word."
        value={text}
        maxLength={20_000}
        rows={3}
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
        className="w-full resize-y rounded-md border border-line-strong bg-surface p-2.5 text-sm"
      />
      {query.error && asked && <InlineError error={query.error} />}
      {tokens && (
        <div className={classNames('mt-2', query.isPlaceholderData && 'opacity-60')} aria-busy={query.isFetching}>
          <p
            className="font-mono text-[13px] leading-6 break-words whitespace-pre-wrap"
            role="group"
            aria-label="Activations on your text"
          >
            {tokens.map((token, position) => (
              <ActiveToken
                // biome-ignore lint/suspicious/noArrayIndexKey: a position in a text is its identity
                key={position}
                text={token.text}
                activation={activationOf(token)}
                maximum={maximum}
                breaks
              />
            ))}
          </p>
          <p className="mt-2 text-xs text-ink-2">
            {highest && highest > 0 ? (
              <>
                Highest activation here <Quantity value={highest} />, in the index{' '}
                <Quantity value={feature.maxActivation} />.
              </>
            ) : (
              'It does not fire on this text.'
            )}
          </p>
        </div>
      )}
    </Panel>
  );
}
