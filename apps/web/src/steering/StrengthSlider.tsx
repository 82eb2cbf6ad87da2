'use client';

import { Slider } from 'radix-ui';

const lowest = -5;
const highest = 10;
const place = (value: number) => `${((value - lowest) / (highest - lowest)) * 100}%`;

/** −5 to 10 times the feature's maximum, marked where activations really lie; the field beside it goes further. */
export function StrengthSlider({
  label,
  value,
  marks,
  onChange,
}: {
  label: string;
  value: number;
  marks: { at: number; label: string }[];
  onChange: (value: number) => void;
}) {
  return (
    <div className="relative px-2 pb-3.5">
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
          <span key={mark.at} className="absolute top-4 h-1 w-px bg-ink-3" style={{ left: place(mark.at) }}>
            {/* Zero's name stands left of its mark, the maximum's to the right: the two lie close together. */}
            <span
              className={`absolute top-0.5 text-[10px] leading-3 whitespace-nowrap text-ink-3 ${mark.at === 0 ? 'right-1' : 'left-1'}`}
            >
              {mark.label}
            </span>
          </span>
        ))}
      </div>
    </div>
  );
}
