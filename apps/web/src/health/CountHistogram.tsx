'use client';

import { Bar, BarChart, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { axisStyle } from '../charts/chart-style.ts';
import { formatNumber, formatShare } from '../ui/format.ts';

/** Shares in bins of whole numbers, on a linear axis, with a mark at the mean. */
export function CountHistogram({
  label,
  edges,
  counts,
  mean,
}: {
  label: string;
  edges: number[];
  counts: number[];
  mean: number;
}) {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const bins = counts.map((count, i) => ({
    x: (edges[i] + edges[i + 1] - 1) / 2,
    from: edges[i],
    to: edges[i + 1] - 1,
    share: count / total,
    count,
  }));
  return (
    <div role="img" aria-label={`${label}: ${formatNumber(total)} tokens, mean ${formatNumber(mean)}`} className="h-44">
      <ResponsiveContainer width="100%" height="100%">
        <BarChart data={bins} margin={{ top: 16, right: 12, bottom: 0, left: 0 }} barCategoryGap={1}>
          <XAxis
            dataKey="x"
            type="number"
            domain={[edges[0] - 0.5, edges[edges.length - 1] - 0.5]}
            allowDecimals={false}
            {...axisStyle}
          />
          <YAxis tickFormatter={formatShare} width={48} axisLine={false} {...axisStyle} />
          <ReferenceLine
            x={mean}
            stroke="var(--ink-3)"
            strokeDasharray="3 3"
            label={{ value: `mean ${formatNumber(mean)}`, position: 'top', fontSize: 10, fill: 'var(--ink-3)' }}
          />
          <Tooltip
            isAnimationActive={false}
            cursor={{ fill: 'var(--hover)' }}
            content={({ active, payload }) => {
              const bin = payload?.[0]?.payload as (typeof bins)[number] | undefined;
              return active && bin ? (
                <div className="numeric rounded-md border border-line bg-surface px-2 py-1 text-xs shadow-pop">
                  {bin.from === bin.to ? bin.from : `${bin.from} – ${bin.to}`}: {formatNumber(bin.count)} tokens,{' '}
                  {formatShare(bin.share)}
                </div>
              ) : null;
            }}
          />
          <Bar
            dataKey="share"
            fill="var(--accent)"
            isAnimationActive={false}
            barSize={Math.min(24, Math.max(2, 260 / bins.length))}
          />
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}
