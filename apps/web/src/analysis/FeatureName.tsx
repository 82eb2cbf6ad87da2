'use client';

import type { NamedFeature } from '@featurescope/contracts';
import Link from 'next/link';

/** A feature by index and label, or the truth that it is nearest to, that opens it; only its index where the run has no index of features. */
export function FeatureName({
  runId,
  feature,
  opens = true,
}: {
  runId: string;
  feature: NamedFeature;
  opens?: boolean;
}) {
  const { index, label, truth } = feature;
  const content = (
    <>
      <span className="numeric shrink-0 font-mono text-xs text-ink-3">{index}</span>
      <span className={label || truth !== null ? 'truncate' : 'truncate text-ink-3'}>
        {label ?? (truth === null ? 'No label' : `truth ${truth}`)}
      </span>
    </>
  );
  const style = 'flex min-w-0 max-w-full items-baseline gap-2 rounded';
  if (!opens) return <span className={style}>{content}</span>;
  return (
    <Link
      href={`/runs/${runId}/features/${index}`}
      title={label ?? undefined}
      className={`${style} hover:text-accent-ink hover:underline`}
    >
      {content}
    </Link>
  );
}
