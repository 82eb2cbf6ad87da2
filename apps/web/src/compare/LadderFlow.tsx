'use client';

import type { Ladder, LadderNode } from '@featurescope/contracts';
import { FeatureName } from '../analysis/FeatureName.tsx';
import { formatFixed, formatNumber } from '../ui/format.ts';

/** Features of the smallest size on the left; what they went into to the right of them, size by size. */
export function LadderFlow({ ladder }: { ladder: Ladder }) {
  return (
    <div className="overflow-x-auto">
      <div style={{ minWidth: `${11 * ladder.sides.length}rem` }}>
        <div className="flex border-b border-line text-xs text-ink-2">
          {ladder.sides.map((side, i) => (
            <span key={side.runId} className={`flex-1 px-4 py-1 font-medium ${i > 0 ? 'pl-8' : ''}`}>
              {formatNumber(side.nLatents)} latents
            </span>
          ))}
        </div>
        <ul aria-label="Features and what they went into">
          {ladder.roots.map((root) => (
            <li key={root.index} className="border-line py-1 not-last:border-b">
              <Branch node={root} level={0} ladder={ladder} />
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

/** A feature, with its parts in the columns to the right. */
function Branch({ node, level, ladder }: { node: LadderNode; level: number; ladder: Ladder }) {
  const side = ladder.sides[level];
  const nLevels = ladder.sides.length - level;
  return (
    <div className="flex">
      <div
        className="flex min-w-0 items-baseline gap-2 px-4 py-0.5"
        style={{ flex: `0 0 ${100 / nLevels}%`, paddingLeft: level > 0 ? '0.75rem' : undefined }}
      >
        {node.cosine !== null && (
          <span className="numeric shrink-0 text-xs text-ink-3" title={`cosine ${node.cosine}`}>
            {formatFixed(node.cosine, 2)}
          </span>
        )}
        <FeatureName runId={side.runId} feature={node} opens={side.hasFeatures} />
      </div>
      {nLevels > 1 && (
        <div className="min-w-0 flex-1">
          {node.children.length === 0 ? (
            <span className="px-4 text-xs text-ink-3">nothing near</span>
          ) : (
            <ul className={node.children.length > 1 ? 'ladder-fork' : 'ladder-line'}>
              {node.children.map((child) => (
                <li key={child.index}>
                  <Branch node={child} level={level + 1} ladder={ladder} />
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
    </div>
  );
}
