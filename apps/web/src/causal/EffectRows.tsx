import type { Effect } from '@featurescope/contracts';
import type { ReactNode } from 'react';
import { formatNumber } from '../ui/format.ts';
import { Quantity } from '../ui/Quantity.tsx';
import { effectScale, median, placeOn } from './effect-scale.ts';

interface EffectRow {
  name: ReactNode;
  /** One with its interval, or several nulls as dots. */
  effects: readonly Effect[];
  kind: 'own' | 'null';
}

/** Changes of cross-entropy on one scale with zero marked: the feature's own with its interval, nulls as a cloud of dots. */
export function EffectRows({ label, rows }: { label: string; rows: EffectRow[] }) {
  const scale = effectScale(rows.flatMap(({ effects }) => effects));
  const zero = placeOn(scale, 0);
  return (
    <ul className="flex flex-col gap-1.5" aria-label={label}>
      {rows.map(({ name, effects, kind }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows stand in a fixed order
        <li key={i} className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 sm:grid-cols-[9rem_1fr_6rem]">
          <span className="text-xs text-ink-2">{name}</span>
          <span className="relative h-5 max-sm:order-last max-sm:col-span-2" aria-hidden>
            <span className="absolute inset-x-0 top-2.5 h-px bg-line" />
            <span className="absolute inset-y-0 w-px bg-line-strong" style={{ left: `${zero}%` }} />
            {effects.map((effect, j) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the effects stand in a fixed order
              <EffectMark key={j} effect={effect} kind={kind} place={(value) => placeOn(scale, value)} />
            ))}
          </span>
          <span className="text-right font-mono text-[13px]">
            {kind === 'own' ? (
              <Quantity value={effects[0]?.mean} />
            ) : (
              <span className="text-ink-3" title="median">
                {effects.length > 0 ? formatNumber(median(effects.map(({ mean }) => mean))) : 'none'}
              </span>
            )}
          </span>
          <span className="sr-only">{describe(effects, kind)}</span>
        </li>
      ))}
    </ul>
  );
}

function EffectMark({
  effect,
  kind,
  place,
}: {
  effect: Effect;
  kind: EffectRow['kind'];
  place: (value: number) => number;
}) {
  if (kind === 'null')
    return (
      <span
        className="absolute top-1.5 size-2 -translate-x-1/2 rounded-full bg-neutral opacity-70"
        style={{ left: `${place(effect.mean)}%` }}
        title={`${formatNumber(effect.mean)} nats`}
      />
    );
  const { mean, interval } = effect;
  return (
    <>
      {interval && (
        <span
          className="absolute top-1.5 h-2 rounded-full bg-accent/30"
          style={{ left: `${place(interval[0])}%`, width: `${place(interval[1]) - place(interval[0])}%` }}
          title={`95% interval ${formatNumber(interval[0])} to ${formatNumber(interval[1])} nats`}
        />
      )}
      <span
        className="absolute top-1 h-3 w-1 -translate-x-1/2 rounded-full bg-accent"
        style={{ left: `${place(mean)}%` }}
      />
    </>
  );
}

function describe(effects: readonly Effect[], kind: EffectRow['kind']): string {
  if (kind === 'null') return effects.map(({ mean }) => formatNumber(mean)).join(', ');
  const interval = effects[0]?.interval;
  return interval ? `95% interval ${formatNumber(interval[0])} to ${formatNumber(interval[1])}` : 'no interval';
}
