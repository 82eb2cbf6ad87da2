import type { RecoveredMark } from '@featurescope/contracts';
import { classNames } from '../ui/class-names.ts';
import { formatFixed } from '../ui/format.ts';

/** Which truth a feature is nearest to, and how near, in a line. */
export function RecoveredLine({ recovered }: { recovered: RecoveredMark }) {
  const { best } = recovered;
  return (
    <span className="flex min-w-0 items-center gap-3">
      <CosineBar cosine={best.cosine} />
      <span className="numeric shrink-0 font-mono text-[13px]">{formatFixed(best.cosine, 3)}</span>
      <TruthName recovered={recovered} />
    </span>
  );
}

/** The truth that a feature is nearest to. */
export function TruthName({ recovered: { best, matched } }: { recovered: RecoveredMark }) {
  return (
    <span className={classNames('truncate', !matched && 'text-ink-3')}>
      truth {best.index}
      {!matched && ', matched elsewhere'}
    </span>
  );
}

/** From 0 to 1; a negative cosine is empty. */
export function CosineBar({ cosine }: { cosine: number }) {
  return (
    <span className="h-1.5 w-24 shrink-0 overflow-hidden rounded-full bg-hover max-md:w-16" aria-hidden>
      <span className="block h-full rounded-full bg-accent" style={{ width: `${Math.max(0, cosine) * 100}%` }} />
    </span>
  );
}
