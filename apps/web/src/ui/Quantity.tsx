import { formatAgo, formatFixed, formatNumber, formatShare } from './format.ts';
import { useNow } from './use-now.ts';

/** A number at three significant digits, or at a fixed count of decimals where numbers stand in a column; exact on hover. */
export function Quantity({
  value,
  unit,
  decimals,
}: {
  value: number | null | undefined;
  unit?: string;
  decimals?: number;
}) {
  const exact =
    value === null || value === undefined
      ? undefined
      : `${value.toLocaleString('en-US', { maximumFractionDigits: 12 })}${unit ? ` ${unit}` : ''}`;
  return (
    <span className={exact === undefined ? 'text-ink-3' : 'numeric'} title={exact}>
      {decimals === undefined ? formatNumber(value) : formatFixed(value, decimals)}
      {unit && value !== null && value !== undefined && <span className="text-ink-3"> {unit}</span>}
    </span>
  );
}

/** A label's score, a balanced accuracy: two decimals everywhere, so that scores align and compare at a glance. */
export function Score({ value }: { value: number | null | undefined }) {
  return <Quantity value={value} decimals={2} />;
}

/** A share of 1 as a percentage, exact on hover. */
export function Share({ value }: { value: number | null | undefined }) {
  return (
    <span
      className={value === null || value === undefined ? 'text-ink-3' : 'numeric'}
      title={value === null || value === undefined ? undefined : `${value * 100}%`}
    >
      {formatShare(value)}
    </span>
  );
}

/** "5 min ago", with the exact time on hover. */
export function Ago({ time }: { time: string | null }) {
  const now = useNow(30_000);
  if (time === null) return <span className="text-ink-3">–</span>;
  const date = new Date(time);
  return (
    <time className="numeric whitespace-nowrap" dateTime={time} title={date.toLocaleString()} suppressHydrationWarning>
      {formatAgo(date, now)}
    </time>
  );
}
