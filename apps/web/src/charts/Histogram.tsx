'use client';

import { useState } from 'react';
import { Bar, BarChart, ReferenceArea, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { formatNumber } from '../ui/format.ts';
import { axisStyle } from './chart-style.ts';
import { fittingLabels } from './fitting-labels.ts';
import { niceAxis } from './nice-scale.ts';

const axisWidth = 40;
const rightMargin = 12;

/** Counts in bins on a log axis. `edges` has one entry more than `counts`. Bands shade ranges of x; their names stand
 *  above them where they fit, and in the tooltip. */
export function Histogram({
  label,
  edges,
  counts,
  bands = [],
  formatX = formatNumber,
  height = 150,
}: {
  label: string;
  edges: number[];
  counts: number[];
  bands?: { from: number; to: number; label: string }[];
  formatX?: (value: number) => string;
  height?: number;
}) {
  // A log axis has no zero: an empty bin has no bar, a bin of one has a short one.
  const bins = counts.map((count, i) => ({
    x: (edges[i] + edges[i + 1]) / 2,
    from: edges[i],
    to: edges[i + 1],
    count,
    drawn: count > 0 ? count : undefined,
  }));
  const [width, setWidth] = useState(340);
  const most = Math.max(...counts, 1);
  const end = edges[edges.length - 1];
  const fits = fittingLabels(bands, { end, pixels: width - axisWidth - rightMargin });
  const bandOf = (x: number) => bands.find((band) => x >= band.from && x < band.to);
  const total = counts.reduce((sum, count) => sum + count, 0);
  return (
    <div
      role="img"
      aria-label={`${label}: ${total.toLocaleString('en-US')} in ${counts.length} bins`}
      style={{ height }}
    >
      <ResponsiveContainer width="100%" height="100%" onResize={setWidth}>
        <BarChart data={bins} margin={{ top: 16, right: rightMargin, bottom: 0, left: 0 }} barCategoryGap={1}>
          {bands.map((band, i) => (
            <ReferenceArea
              key={band.label}
              x1={band.from}
              x2={band.to}
              fill={i % 2 === 0 ? 'var(--hover)' : 'transparent'}
              fillOpacity={0.8}
              ifOverflow="hidden"
              label={{ value: fits[i] ? band.label : '', position: 'top', fontSize: 10, fill: 'var(--ink-3)' }}
            />
          ))}
          {bands.slice(1).map((band) => (
            <ReferenceLine key={band.label} x={band.from} stroke="var(--line-strong)" />
          ))}
          <XAxis
            dataKey="x"
            type="number"
            domain={[edges[0], end]}
            tickFormatter={formatX}
            ticks={niceAxis([edges[0], end]).ticks.filter((tick) => tick <= end)}
            {...axisStyle}
          />
          <YAxis
            scale="log"
            domain={[0.7, most]}
            allowDataOverflow
            ticks={decades(most)}
            tickFormatter={formatNumber}
            width={axisWidth}
            axisLine={false}
            {...axisStyle}
          />
          <Tooltip
            isAnimationActive={false}
            cursor={{ fill: 'var(--hover)' }}
            content={({ active, payload }) => {
              const bin = payload?.[0]?.payload as (typeof bins)[number] | undefined;
              return active && bin ? (
                <div className="numeric rounded-md border border-line bg-surface px-2 py-1 text-xs shadow-pop">
                  {formatX(bin.from)} – {formatX(bin.to)}: {bin.count.toLocaleString('en-US')}
                  {bandOf(bin.x) && <div className="text-ink-3">quarter {bandOf(bin.x)?.label}</div>}
                </div>
              ) : null;
            }}
          />
          <Bar
            dataKey="drawn"
            fill="var(--accent)"
            isAnimationActive={false}
            barSize={Math.max(2, Math.floor((width - axisWidth - rightMargin) / bins.length) - 1)}
          />
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}

/** 1, 10, 100, … up to the highest count; every second or third one where there are many. */
function decades(most: number): number[] {
  const powers = Math.floor(Math.log10(most));
  const every = Math.ceil((powers + 1) / 4);
  return Array.from({ length: Math.floor(powers / every) + 1 }, (_, i) => 10 ** (i * every));
}
