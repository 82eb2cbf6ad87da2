'use client';

import type { LaneToken } from '@featurescope/contracts';
import { useState } from 'react';
import { formatNumber } from '../ui/format.ts';
import { LoneToken } from '../ui/Token.tsx';

/** One bar a token, as high as the divergence there; what is under the pointer is read out below. */
export function KlStrip({ tokens, kl }: { tokens: LaneToken[]; kl: number[] }) {
  const [at, setAt] = useState<number | null>(null);
  const highest = Math.max(...kl, 1e-9);
  const peak = kl.indexOf(Math.max(...kl));
  const shown = at ?? peak;
  if (kl.length === 0) return <p className="text-ink-3">No token was compared.</p>;
  return (
    <div onPointerLeave={() => setAt(null)}>
      <div
        className="flex h-14 items-end gap-px"
        role="img"
        aria-label={`KL at ${kl.length} tokens, highest ${formatNumber(highest)} nats`}
      >
        {kl.map((value, i) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: a position in a text is its identity
            key={i}
            className={`flex h-full min-w-0.5 flex-1 items-end ${i === shown ? 'bg-hover' : ''}`}
            onPointerEnter={() => setAt(i)}
          >
            <span
              className="block w-full rounded-t-sm bg-positive/75"
              style={{ height: `${Math.max(2, (value / highest) * 100)}%` }}
            />
          </span>
        ))}
      </div>
      <p className="numeric mt-1.5 flex items-baseline gap-2 border-t border-line pt-1.5 text-xs text-ink-2">
        <span className="text-ink-3">
          {at === null ? 'highest at' : 'at'} token {shown + 1}
        </span>
        {tokens[shown] && <LoneToken text={tokens[shown].text} />}
        <span className="ml-auto font-mono">{formatNumber(kl[shown])} nats</span>
      </p>
    </div>
  );
}
