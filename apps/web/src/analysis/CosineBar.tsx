import { formatFixed } from '../ui/format.ts';

/** A cosine as a number and as the length of a bar. */
export function CosineBar({ value }: { value: number }) {
  return (
    <span className="inline-flex items-center gap-2" title={String(value)}>
      <span className="h-1.5 w-12 overflow-hidden rounded-full bg-sunken max-sm:hidden" aria-hidden>
        <span className="block h-full rounded-full bg-accent" style={{ width: `${100 * Math.max(0, value)}%` }} />
      </span>
      <span className="numeric font-mono text-[13px]">{formatFixed(value, 2)}</span>
    </span>
  );
}
