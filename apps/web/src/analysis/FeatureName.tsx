'use client';

import type { NamedFeature } from '@featurescope/contracts';
import Link from 'next/link';

/** A feature by index and label, that opens it; only its index where the run has no index of features. */
export function FeatureName({
  runId,
  feature,
  opens = true,
}: {
  runId: string;
  feature: NamedFeature;
  opens?: boolean;
}) {
  const content = (
    <>
      <span className="numeric shrink-0 font-mono text-xs text-ink-3">{feature.index}</span>
      <span className={feature.label ? 'truncate' : 'truncate text-ink-3'}>{feature.label ?? 'No label'}</span>
    </>
  );
  const style = 'flex min-w-0 max-w-full items-baseline gap-2 rounded';
  if (!opens) return <span className={style}>{content}</span>;
  return (
    <Link
      href={`/runs/${runId}/features/${feature.index}`}
      title={feature.label ?? undefined}
      className={`${style} hover:text-accent-ink hover:underline`}
    >
      {content}
    </Link>
  );
}
