import { formatFixed } from '../../ui/format.ts';

/** One bar a feature on one scale, with its number. Marks are values to compare with. */
export function ValueBars({
  label,
  values,
  highest,
  colourOf,
  nameOf = (i) => String(i + 1),
  marks = [],
  decimals = 2,
}: {
  label: string;
  values: ArrayLike<number>;
  highest: number;
  colourOf: (index: number) => string;
  nameOf?: (index: number) => string;
  marks?: { at: number; name: string }[];
  decimals?: number;
}) {
  return (
    <div>
      <ol aria-label={label} className="numeric relative flex flex-col gap-1 text-xs">
        {Array.from(values, (value, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its feature, and features keep their order
          <li key={i} className="grid grid-cols-[1.5rem_minmax(0,1fr)_2.75rem] items-center gap-2">
            <span className="text-right font-mono text-ink-3">{nameOf(i)}</span>
            <span className="relative h-3 rounded-sm bg-sunken">
              <span
                className="absolute inset-y-0 left-0 rounded-sm"
                style={{ width: `${100 * Math.min(1, Math.max(0, value / highest))}%`, background: colourOf(i) }}
              />
              {marks.map((mark) => (
                <span
                  key={mark.name}
                  className="absolute -inset-y-0.5 w-px bg-ink"
                  style={{ left: `${(100 * mark.at) / highest}%` }}
                />
              ))}
            </span>
            <span className="text-right font-mono">{formatFixed(value, decimals)}</span>
          </li>
        ))}
      </ol>
      {marks.length > 0 && (
        <p className="mt-1 pl-8 text-xs text-ink-3">
          {marks.map(({ at, name }) => `Line: ${name}, ${formatFixed(at, decimals)}`).join('; ')}
        </p>
      )}
    </div>
  );
}
