'use client';

import type { Run } from '@featurescope/contracts';
import Link from 'next/link';
import { Quantity } from '../ui/Quantity.tsx';
import type { FiringFeature } from './strongest-features.ts';

/** Features with their activation as a bar. */
export function FiringFeatures({ run, features }: { run: Run; features: FiringFeature[] }) {
  const highest = Math.max(...features.map((feature) => feature.activation));
  return (
    <ul>
      {[...features]
        .sort((a, b) => b.activation - a.activation)
        .map((feature) => (
          <li key={feature.index} className="border-t border-line">
            <Link
              href={`/runs/${run.id}/features/${feature.index}`}
              prefetch={false}
              className="grid h-8 grid-cols-[2.5rem_minmax(0,1fr)_3.5rem] sm:grid-cols-[3.5rem_minmax(0,1fr)_5rem_4rem] items-center gap-3 px-4 -outline-offset-2 hover:bg-hover"
            >
              <span className="numeric text-right font-mono text-xs text-ink-3">{feature.index}</span>
              <span className={feature.label ? 'truncate' : 'text-ink-3'}>{feature.label ?? 'No label'}</span>
              <span className="h-1.5 overflow-hidden rounded-full bg-hover max-sm:hidden" aria-hidden>
                <span
                  className="block h-full rounded-full bg-accent"
                  style={{ width: `${(feature.activation / highest) * 100}%` }}
                />
              </span>
              <span className="text-right font-mono text-[13px]">
                <Quantity value={feature.activation} />
              </span>
            </Link>
          </li>
        ))}
    </ul>
  );
}
