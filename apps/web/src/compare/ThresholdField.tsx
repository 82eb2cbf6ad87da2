'use client';

import { formatFixed } from '../ui/format.ts';
import { useSearchState } from '../ui/use-search-state.ts';

const [lowest, highest, usual] = [0.3, 0.95, 0.7];

/** The cosine above which two features count as the same, from an address. */
export function thresholdOf(text: string | null): number {
  const value = Number(text ?? usual);
  return Number.isFinite(value) && value >= lowest && value <= highest ? value : usual;
}

/** The threshold as a slider, kept in the address. */
export function ThresholdField({ threshold }: { threshold: number }) {
  const [, setSearch] = useSearchState();
  return (
    <label className="flex items-center gap-2 text-sm">
      <span className="text-ink-2">Same above cosine</span>
      <input
        type="range"
        className="w-32 accent-accent"
        min={lowest}
        max={highest}
        step={0.05}
        value={threshold}
        onChange={({ target }) =>
          setSearch({ threshold: Number(target.value) === usual ? null : target.value, page: null })
        }
      />
      <output className="numeric font-mono">{formatFixed(threshold, 2)}</output>
    </label>
  );
}
