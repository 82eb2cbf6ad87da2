'use client';

import type { FeatureHistogram } from '@featurescope/contracts';
import { Slider } from 'radix-ui';
import { useEffect, useEffectEvent, useState } from 'react';
import type { TermName } from '../ui/definitions.ts';
import { Term } from '../ui/Term.tsx';
import { useDebounced } from '../ui/use-debounced.ts';
import { binsOfRange, rangeOfBins } from './filter.ts';

/** A range, chosen bin by bin on the histogram of what it limits. The list is asked for once the thumbs rest. */
export function RangeFilter({
  term,
  histogram,
  low,
  high,
  format,
  onChange,
}: {
  term: TermName;
  histogram: FeatureHistogram;
  low: number | undefined;
  high: number | undefined;
  format: (value: number) => string;
  onChange: (low: string | null, high: string | null) => void;
}) {
  const { edges, counts } = histogram;
  const [moving, setMoving] = useState<[number, number] | null>(null);
  const rested = useDebounced(moving, 250);
  // What was moved stands until the address says the same, which takes a moment: the next key goes on from there.
  const settle = useEffectEvent(() => {
    if (!moving) return;
    const [from, end] = binsOfRange(edges, low, high);
    if (moving[0] === from && moving[1] === end) setMoving(null);
  });
  const send = useEffectEvent((bins: [number, number]) => {
    onChange(...rangeOfBins(edges, bins));
    settle();
  });
  useEffect(() => {
    if (rested) send(rested);
  }, [rested]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the address has changed
  useEffect(() => settle(), [low, high]);
  const [from, end] = moving ?? binsOfRange(edges, low, high);
  const most = Math.max(1, ...counts);
  const open = !moving && low === undefined && high === undefined;
  // The ends are open: a density below the first bin's edge belongs to it, too.
  const shown = [moving || low === undefined ? edges[from] : low, moving || high === undefined ? edges[end] : high];
  const thumb =
    'block size-3.5 rounded-full border-2 border-surface bg-accent shadow-sm ring-accent/40 hover:ring-4 focus-visible:ring-4';
  return (
    <div role="group" aria-label={`Range of ${term}`} className="min-w-0">
      <div className="flex items-baseline justify-between gap-2 text-xs">
        <span className="font-medium">
          <Term name={term} />
        </span>
        <span className={open ? 'text-ink-3' : 'numeric font-mono text-ink'}>
          {open ? 'any' : `${format(shown[0])} – ${format(shown[1])}`}
        </span>
      </div>
      <div className="mx-[7px] mt-1 flex h-10 items-end gap-px" aria-hidden>
        {counts.map((count, bin) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: bins have no other identity
            key={bin}
            className={bin >= from && bin < end ? 'min-w-0 flex-1 bg-accent' : 'min-w-0 flex-1 bg-line-strong'}
            style={{ height: count === 0 ? 0 : `max(2px, ${(count / most) * 100}%)` }}
          />
        ))}
      </div>
      <Slider.Root
        value={[from, end]}
        min={0}
        max={counts.length}
        step={1}
        minStepsBetweenThumbs={1}
        onValueChange={([nextFrom, nextEnd]) => setMoving([nextFrom, nextEnd])}
        className="relative flex h-4 touch-none items-center"
      >
        <Slider.Track className="relative h-0.5 grow rounded-full bg-line-strong">
          <Slider.Range className="absolute h-full rounded-full bg-accent" />
        </Slider.Track>
        <Slider.Thumb aria-label={`Lowest ${term}`} aria-valuetext={format(edges[from])} className={thumb} />
        <Slider.Thumb aria-label={`Highest ${term}`} aria-valuetext={format(edges[end])} className={thumb} />
      </Slider.Root>
      <div className="numeric flex justify-between font-mono text-xs text-ink-3" aria-hidden>
        <span>{format(edges[0])}</span>
        <span>{format(edges[edges.length - 1])}</span>
      </div>
    </div>
  );
}
