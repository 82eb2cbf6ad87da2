'use client';

import type { FeatureDetail } from '@featurescope/contracts';
import Link from 'next/link';
import { TruthName } from '../ground-truth/RecoveredLine.tsx';
import { Panel } from '../ui/Panel.tsx';
import { Quantity } from '../ui/Quantity.tsx';
import { Term } from '../ui/Term.tsx';

export function Neighbours({ feature }: { feature: FeatureDetail }) {
  if (feature.neighbours.length === 0) return null;
  return (
    <Panel flush title={<Term name="neighbours" />} aside="cosine">
      <ul className="pb-1">
        {feature.neighbours.map((neighbour) => (
          <li key={neighbour.index} className="border-t border-line">
            <Link
              href={`/runs/${feature.runId}/features/${neighbour.index}`}
              className="grid h-8 grid-cols-[3.5rem_minmax(0,1fr)_auto] items-center gap-3 px-4 -outline-offset-2 hover:bg-hover"
            >
              <span className="numeric text-right font-mono text-xs text-ink-3">{neighbour.index}</span>
              <NeighbourName neighbour={neighbour} />
              <span className="font-mono text-[13px]">
                <Quantity value={neighbour.cosine} decimals={3} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** Features of a run on synthetic data have truths, and no labels. */
function NeighbourName({ neighbour: { label, recovered } }: { neighbour: FeatureDetail['neighbours'][number] }) {
  if (recovered) return <TruthName recovered={recovered} />;
  return <span className={label ? 'truncate' : 'text-ink-3'}>{label ?? 'No label'}</span>;
}
