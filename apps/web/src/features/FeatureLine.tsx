'use client';

import type { FeatureRow, Run } from '@featurescope/contracts';
import { Star } from 'lucide-react';
import Link from 'next/link';
import type { CSSProperties } from 'react';
import { RecoveredLine } from '../ground-truth/RecoveredLine.tsx';
import { classNames } from '../ui/class-names.ts';
import { ExampleLine } from '../ui/Example.tsx';
import { formatShare } from '../ui/format.ts';
import { Quantity, Score } from '../ui/Quantity.tsx';
import { LoneToken } from '../ui/Token.tsx';
import { densityPosition } from './filter.ts';
import { gridColumnsOf } from './grid-columns.ts';

interface Props {
  run: Run;
  feature: FeatureRow;
  rowIndex: number;
  style: CSSProperties;
}

const place = 'absolute inset-x-0 top-0 border-b border-line hover:bg-hover';

/** A feature as one row of a wide table. */
export function FeatureLine({ run, feature, rowIndex, style }: Props) {
  const href = `/runs/${run.id}/features/${feature.index}`;
  return (
    <div
      role="row"
      aria-rowindex={rowIndex}
      className={classNames(place, gridColumnsOf(run), 'items-center')}
      style={style}
    >
      <div role="cell" className="numeric font-mono text-[13px] text-ink-2">
        {feature.index}
      </div>
      <div role="cell" className="min-w-0 truncate">
        {/* The link's area is the whole row. */}
        <Link
          href={href}
          prefetch={false}
          className="after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
        >
          <LabelText feature={feature} />
        </Link>
      </div>
      {run.source === 'model' && (
        <div role="cell" className="text-right font-mono text-[13px]">
          <Score value={feature.labelScore} />
        </div>
      )}
      <div role="cell" className="min-w-0">
        {feature.recovered && !feature.dead ? (
          <RecoveredLine recovered={feature.recovered} />
        ) : feature.example ? (
          <ExampleLine example={feature.example} maximum={feature.maxActivation} />
        ) : (
          <span className="block text-center text-ink-3">never fires</span>
        )}
      </div>
      <div role="cell">
        <DensityBar density={feature.density} />
      </div>
      <div role="cell" className="text-right font-mono text-[13px]">
        <Quantity value={feature.maxActivation} />
      </div>
      {run.source === 'model' && (
        <div role="cell" className="truncate text-[13px] text-ink-2">
          {feature.topTokens.slice(0, 4).map((token) => (
            <span key={token.tokenId} className="mr-2">
              <LoneToken text={token.text} />
            </span>
          ))}
        </div>
      )}
    </div>
  );
}

/** The same on a narrow screen: label above, example below. */
export function FeatureCard({ run, feature, rowIndex, style }: Props) {
  return (
    <div
      role="row"
      aria-rowindex={rowIndex}
      className={classNames(place, 'flex flex-col justify-center gap-1 px-4')}
      style={style}
    >
      <div role="cell" className="flex min-w-0 items-baseline gap-2">
        <span className="numeric shrink-0 font-mono text-xs text-ink-3">{feature.index}</span>
        <Link
          href={`/runs/${run.id}/features/${feature.index}`}
          prefetch={false}
          className="truncate after:absolute after:inset-0"
        >
          <LabelText feature={feature} />
        </Link>
        {run.source === 'model' && (
          <span className="ml-auto shrink-0 font-mono text-xs text-ink-2">
            <Score value={feature.labelScore} />
          </span>
        )}
      </div>
      <div role="cell" className="min-w-0">
        {feature.recovered && !feature.dead ? (
          <RecoveredLine recovered={feature.recovered} />
        ) : feature.example ? (
          <ExampleLine example={feature.example} maximum={feature.maxActivation} around={16} />
        ) : (
          <span className="text-ink-3">never fires</span>
        )}
      </div>
    </div>
  );
}

function LabelText({ feature }: { feature: FeatureRow }) {
  const { label, labelSource, dead, starred } = feature;
  return (
    <>
      {starred && <Star size={12} role="img" aria-label="Starred" className="mr-1 inline fill-current text-accent" />}
      {label === null ? (
        <span className="text-ink-3">
          {dead ? 'Dead' : feature.recovered ? `Feature ${feature.index}` : 'No label'}
        </span>
      ) : (
        <span title={labelSource === 'user' ? `${label} (your label)` : label}>{label}</span>
      )}
    </>
  );
}

function DensityBar({ density }: { density: number }) {
  return (
    <span className="flex items-center gap-2" title={`fires on ${density * 100}% of tokens`}>
      <span className="h-1.5 w-10 shrink-0 overflow-hidden rounded-full bg-hover" aria-hidden>
        <span className="block h-full rounded-full bg-accent" style={{ width: `${densityPosition(density) * 100}%` }} />
      </span>
      <span className="numeric font-mono text-[13px] whitespace-nowrap">{formatShare(density)}</span>
    </span>
  );
}
