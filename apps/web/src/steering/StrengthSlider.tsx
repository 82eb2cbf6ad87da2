'use client';

import { Slider } from 'radix-ui';
import { classNames } from '../ui/class-names.ts';
import { formatFixed, formatNumber } from '../ui/format.ts';

const lowest = -5;
const highest = 10;
const place = (value: number) => `${((value - lowest) / (highest - lowest)) * 100}%`;

export interface StrengthMark {
  at: number;
  /** Short: it stands on a button. */
  name: string;
  /** The whole of it, for the tooltip. */
  meaning: string;
}

/** −5 to 10 times the feature's maximum; the field beside it goes further. Where activations really lie, the track is
 *  marked; the marks lie too close together to be named there, so each has a button below that goes to it. */
export function StrengthSlider({
  label,
  value,
  marks,
  onChange,
}: {
  label: string;
  value: number;
  marks: StrengthMark[];
  onChange: (value: number) => void;
}) {
  return (
    <div>
      <div className="relative px-2">
        <Slider.Root
          value={[Math.max(lowest, Math.min(highest, value))]}
          min={lowest}
          max={highest}
          step={0.1}
          onValueChange={([next]) => onChange(Number(next.toFixed(1)))}
          className="relative flex h-5 touch-none items-center"
        >
          <Slider.Track className="relative h-1 grow rounded-full bg-line-strong" />
          <Slider.Thumb
            aria-label={label}
            className="block size-4 rounded-full border-2 border-surface bg-accent shadow-sm ring-accent/40 hover:ring-4"
          />
        </Slider.Root>
        <div className="pointer-events-none absolute inset-x-4 top-0 h-5" aria-hidden>
          {marks.map((mark) => (
            <span key={mark.name} className="absolute top-4 h-1.5 w-px bg-ink-3" style={{ left: place(mark.at) }} />
          ))}
        </div>
      </div>
      <div className="numeric flex items-center gap-1 px-2 pt-1 text-xs text-ink-3">
        <span aria-hidden>{formatNumber(lowest)}</span>
        <span className="mx-auto flex flex-wrap justify-center gap-1">
          {marks.map((mark) => (
            <button
              key={mark.name}
              type="button"
              title={mark.meaning}
              aria-pressed={value === mark.at}
              onClick={() => onChange(mark.at)}
              className={classNames(
                'rounded px-1.5 py-0.5 whitespace-nowrap',
                value === mark.at ? 'bg-accent-soft text-accent-ink' : 'hover:bg-hover hover:text-ink',
              )}
            >
              {mark.name}
              {mark.at !== 0 && <span className="ml-1 font-mono">{formatFixed(mark.at, mark.at === 1 ? 0 : 2)}</span>}
            </button>
          ))}
        </span>
        <span aria-hidden>{highest}</span>
      </div>
    </div>
  );
}
