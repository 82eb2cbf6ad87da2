'use client';

import type { FeatureDetail, TokenWeight } from '@featurescope/contracts';
import { decimalsFor } from '../ui/format.ts';
import { Panel } from '../ui/Panel.tsx';
import { Quantity } from '../ui/Quantity.tsx';
import { Term } from '../ui/Term.tsx';
import { LoneToken } from '../ui/Token.tsx';

/** Tokens that the direction makes more and less likely, as two lists of bars on one scale. */
export function OutputTokens({ feature }: { feature: FeatureDetail }) {
  const { topTokens, bottomTokens } = feature;
  const highest = Math.max(...[...topTokens, ...bottomTokens].map((token) => Math.abs(token.value)), 1e-12);
  return (
    <Panel title={<Term name="logitEffect" />}>
      <div className="grid gap-x-6 gap-y-3 sm:grid-cols-2">
        <Bars title="More likely" tokens={topTokens} highest={highest} colour="bg-positive" />
        <Bars title="Less likely" tokens={bottomTokens} highest={highest} colour="bg-negative" />
      </div>
    </Panel>
  );
}

function Bars({
  title,
  tokens,
  highest,
  colour,
}: {
  title: string;
  tokens: TokenWeight[];
  highest: number;
  colour: string;
}) {
  return (
    <div className="min-w-0">
      <h3 className="text-xs text-ink-3">{title}</h3>
      <ul className="mt-1">
        {tokens.slice(0, 10).map((token) => (
          <li
            key={token.tokenId}
            className="grid h-6 grid-cols-[minmax(0,1fr)_4rem_3.25rem] items-center gap-2 text-[13px]"
          >
            <span className="truncate">
              <LoneToken text={token.text} />
            </span>
            <span className="h-1.5 overflow-hidden rounded-full bg-hover" aria-hidden>
              <span
                className={`block h-full rounded-full ${colour}`}
                style={{ width: `${(Math.abs(token.value) / highest) * 100}%` }}
              />
            </span>
            <span className="text-right font-mono">
              <Quantity value={token.value} decimals={decimalsFor(highest)} />
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
