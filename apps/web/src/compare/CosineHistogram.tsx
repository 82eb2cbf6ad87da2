'use client';

import type { ComparisonResult } from '@featurescope/contracts';
import { Bar, BarChart, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { axisStyle } from '../charts/chart-style.ts';
import { formatFixed, formatNumber } from '../ui/format.ts';

/** Pairs by cosine, beside those with random directions. Empty bins at both ends are cut off. */
export function CosineHistogram({ result, threshold }: { result: ComparisonResult; threshold: number }) {
  const { edges, counts } = result.all.histogram;
  const chance = result.random.histogram.counts;
  const filled = counts.map((count, i) => count + chance[i] > 0);
  const first = Math.max(0, Math.min(filled.indexOf(true), edges.indexOf(0)));
  const bins = counts.slice(first).map((count, i) => ({
    x: (edges[first + i] + edges[first + i + 1]) / 2,
    from: edges[first + i],
    to: edges[first + i + 1],
    found: count,
    chance: chance[first + i],
  }));
  return (
    <figure>
      <div
        role="img"
        aria-label={`Pairs by cosine: ${counts.reduce((sum, count) => sum + count, 0)} found, beside random directions`}
        style={{ height: 220 }}
      >
        <ResponsiveContainer width="100%" height="100%">
          <BarChart data={bins} margin={{ top: 16, right: 12, bottom: 0, left: 0 }} barGap={0} barCategoryGap={1}>
            <XAxis
              dataKey="x"
              type="number"
              domain={[edges[first], 1]}
              ticks={fifths(edges[first])}
              tickFormatter={(x) => formatFixed(x, 1)}
              {...axisStyle}
            />
            <YAxis tickFormatter={formatNumber} width={40} axisLine={false} {...axisStyle} />
            <ReferenceLine
              x={threshold}
              stroke="var(--ink-3)"
              strokeDasharray="3 3"
              label={{
                value: `threshold ${formatFixed(threshold, 2)}`,
                position: 'top',
                fontSize: 10,
                fill: 'var(--ink-3)',
              }}
            />
            <Tooltip
              isAnimationActive={false}
              cursor={{ fill: 'var(--hover)' }}
              content={({ active, payload }) => {
                const bin = payload?.[0]?.payload as (typeof bins)[number] | undefined;
                return active && bin ? (
                  <div className="numeric rounded-md border border-line bg-surface px-2 py-1 text-xs shadow-pop">
                    <div className="text-ink-3">
                      {formatFixed(bin.from, 2)} – {formatFixed(bin.to, 2)}
                    </div>
                    {formatNumber(bin.found)} pairs · {formatNumber(bin.chance)} by chance
                  </div>
                ) : null;
              }}
            />
            <Bar dataKey="chance" fill="var(--neutral)" isAnimationActive={false} />
            <Bar dataKey="found" fill="var(--accent)" isAnimationActive={false} />
          </BarChart>
        </ResponsiveContainer>
      </div>
      <figcaption className="mt-1 flex flex-wrap gap-x-4 text-xs text-ink-3">
        <span>
          <span className="mr-1 inline-block size-2 rounded-sm bg-accent" aria-hidden />
          the two dictionaries
        </span>
        <span>
          <span className="mr-1 inline-block size-2 rounded-sm" style={{ background: 'var(--neutral)' }} aria-hidden />
          the first and random directions
        </span>
        <span>Across: cosine of a pair. Up: number of pairs.</span>
      </figcaption>
    </figure>
  );
}

/** Every fifth of the axis, from −1 or 0 to 1. */
const fifths = (from: number) => [-1, -0.8, -0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6, 0.8, 1].filter((tick) => tick >= from);
