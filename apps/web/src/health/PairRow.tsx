'use client';

import type { NamedFeature } from '@featurescope/contracts';
import type { ReactNode } from 'react';
import { FeatureName } from '../analysis/FeatureName.tsx';

/** Two features under each other, and beside them how they are joined. */
export function PairRow({
  runId,
  first,
  second,
  children,
}: {
  runId: string;
  first: NamedFeature;
  second: NamedFeature;
  children: ReactNode;
}) {
  return (
    <li className="flex items-center gap-3 border-t border-line px-4 py-1.5 text-sm">
      <span className="flex min-w-0 flex-1 flex-col">
        <FeatureName runId={runId} feature={first} />
        <FeatureName runId={runId} feature={second} />
      </span>
      <span className="shrink-0">{children}</span>
    </li>
  );
}
