'use client';

import { Slider } from 'radix-ui';
import type { ReactNode } from 'react';

/** A slider with its name, its value and the meaning of its ends. Values may be spread unevenly: `at` and `from` map them to 0 … 1. */
export function LabSlider({
  label,
  value,
  min,
  max,
  step,
  onChange,
  shown,
  ends,
  scale = linear(min, max, step),
}: {
  label: string;
  value: number;
  min: number;
  max: number;
  step: number;
  onChange: (value: number) => void;
  /** The value in words; the number itself where none is given. */
  shown?: ReactNode;
  ends?: [string, string];
  scale?: SliderScale;
}) {
  return (
    <div className="min-w-0">
      <div className="flex items-baseline justify-between gap-2">
        <span className="font-medium">{label}</span>
        <output className="numeric font-mono text-sm">{shown ?? value}</output>
      </div>
      <Slider.Root
        value={[scale.place(value)]}
        min={scale.from}
        max={scale.to}
        step={scale.step}
        onValueChange={([place]) => onChange(scale.value(place))}
        className="relative mt-1 flex h-6 touch-none items-center select-none"
      >
        <Slider.Track className="relative h-1 grow rounded-full bg-line-strong">
          <Slider.Range className="absolute h-full rounded-full bg-accent" />
        </Slider.Track>
        <Slider.Thumb
          aria-label={label}
          aria-valuetext={typeof shown === 'string' ? shown : undefined}
          className="block size-4 rounded-full border-2 border-surface bg-accent shadow-sm ring-accent/40 hover:ring-4"
        />
      </Slider.Root>
      {ends && (
        <div className="flex justify-between text-xs text-ink-3" aria-hidden>
          <span>{ends[0]}</span>
          <span>{ends[1]}</span>
        </div>
      )}
    </div>
  );
}

export interface SliderScale {
  from: number;
  to: number;
  step: number;
  place: (value: number) => number;
  value: (place: number) => number;
}

const linear = (min: number, max: number, step: number): SliderScale => ({
  from: min,
  to: max,
  step,
  place: (value) => value,
  value: (place) => Number(place.toPrecision(6)),
});

/** Even steps of the logarithm. */
export const logScale = (min: number, max: number, nSteps: number): SliderScale => ({
  from: 0,
  to: nSteps,
  step: 1,
  place: (value) => Math.round((Math.log(value / min) / Math.log(max / min)) * nSteps),
  value: (place) => Number((min * (max / min) ** (place / nSteps)).toPrecision(2)),
});

/** Sparsity S by even steps of log(1 − S): most happens where features are rare. */
export const sparsityScale: SliderScale = {
  from: 0,
  to: 100,
  step: 1,
  place: (sparsity) => Math.round(-50 * Math.log10(1 - sparsity)),
  value: (place) => Number((1 - 10 ** (-place / 50)).toFixed(3)),
};
