'use client';

import type { ActivationsResponse } from '@featurescope/contracts';
import type { CSSProperties } from 'react';
import { classNames } from '../ui/class-names.ts';
import { formatNumber } from '../ui/format.ts';
import { TokenText } from '../ui/Token.tsx';
import { scalePosition } from '../ui/token-pieces.ts';

/** The text as tokens, each a button. */
export function TokenPicker({
  tokens,
  selected,
  onSelect,
}: {
  tokens: ActivationsResponse['tokens'];
  selected: number | null;
  onSelect: (position: number | null) => void;
}) {
  const strongest = (token: (typeof tokens)[number]) =>
    Math.max(0, ...token.features.map((feature) => feature.activation));
  const highest = Math.max(...tokens.map(strongest));
  return (
    <div className="font-mono text-[13px] leading-7 break-words whitespace-pre-wrap">
      {tokens.map((token, position) =>
        token.special ? (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: a position in a text is its identity
            key={position}
            className="mr-1 rounded bg-sunken px-1 text-xs text-ink-3"
            title="Special token, never read"
          >
            {token.text || 'start'}
          </span>
        ) : (
          <button
            // biome-ignore lint/suspicious/noArrayIndexKey: a position in a text is its identity
            key={position}
            type="button"
            aria-pressed={selected === position}
            title={`strongest activation ${formatNumber(strongest(token))}`}
            onClick={() => onSelect(selected === position ? null : position)}
            style={{ '--t': scalePosition(strongest(token), highest) } as CSSProperties}
            className={classNames(
              'inline px-px whitespace-pre-wrap hover:outline hover:outline-line-strong',
              token.features.length > 0 && 'activation',
              selected === position && 'outline-2! outline-accent! outline',
            )}
          >
            <TokenText text={token.text} breaks />
          </button>
        ),
      )}
    </div>
  );
}
