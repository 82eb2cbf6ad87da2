'use client';

import { Download, Image as ImageIcon } from 'lucide-react';
import { useMemo, useRef } from 'react';
import { CartesianGrid, Line, LineChart, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { IconButton } from '../ui/Button.tsx';
import { formatNumber, formatShare } from '../ui/format.ts';
import { Term } from '../ui/Term.tsx';
import { axisStyle } from './chart-style.ts';
import { downloadCsv, downloadPng } from './export.ts';
import { niceTicksWithin } from './nice-scale.ts';

const height = 200;

/** The variance that the first components hold together. nKept: how many the dictionary has; the line goes on to all of them. */
export function VarianceChart({ shares, nKept, fileName }: { shares: number[]; nKept: number; fileName: string }) {
  const frame = useRef<HTMLDivElement>(null);
  const points = useMemo(() => {
    const all = [{ x: 0, total: 0, share: 0 }];
    for (const [i, share] of shares.entries()) all.push({ x: i + 1, total: all[i].total + share, share });
    return all;
  }, [shares]);
  const kept = points[Math.min(nKept, shares.length)].total;
  const savePng = () => {
    const svg = frame.current?.querySelector<SVGSVGElement>('svg.recharts-surface');
    if (svg) void downloadPng(fileName, svg);
  };
  return (
    <figure className="min-w-0 rounded-lg border border-line bg-surface pt-2">
      <figcaption className="flex h-8 items-center gap-1 pr-2 pl-4">
        <span className="font-medium">
          <Term name="varianceExplained" />
        </span>
        <span className="numeric ml-1 text-ink-2">
          {formatShare(kept)} in {formatNumber(Math.min(nKept, shares.length))} components
        </span>
        <span className="ml-auto flex items-center">
          <IconButton
            label={`Download ${fileName} as CSV`}
            className="size-7"
            onClick={() =>
              downloadCsv(
                fileName,
                ['component', 'share', 'cumulative'],
                points.slice(1).map((point) => [point.x, point.share, point.total]),
              )
            }
          >
            <Download size={14} aria-hidden />
          </IconButton>
          <IconButton label={`Download ${fileName} as PNG`} className="size-7" onClick={savePng}>
            <ImageIcon size={14} aria-hidden />
          </IconButton>
        </span>
      </figcaption>
      <div
        ref={frame}
        role="img"
        aria-label={`Variance explained by the first components, to ${formatShare(points[points.length - 1].total)} with ${shares.length}`}
        className="pr-3"
        style={{ height }}
      >
        <ResponsiveContainer width="100%" height="100%">
          <LineChart data={points} margin={{ top: 8, right: 12, bottom: 0, left: 0 }}>
            <CartesianGrid stroke="var(--line)" vertical={false} />
            <XAxis
              dataKey="x"
              type="number"
              domain={[0, shares.length]}
              ticks={niceTicksWithin(0, shares.length)}
              tickFormatter={formatNumber}
              {...axisStyle}
            />
            <YAxis
              type="number"
              domain={[0, 1]}
              ticks={[0, 0.25, 0.5, 0.75, 1]}
              tickFormatter={formatShare}
              width={52}
              axisLine={false}
              {...axisStyle}
            />
            {nKept < shares.length && (
              <ReferenceLine
                x={nKept}
                stroke="var(--ink-3)"
                strokeDasharray="3 3"
                label={{ value: 'kept', position: 'insideTopRight', fontSize: 11, fill: 'var(--ink-3)' }}
              />
            )}
            <Tooltip
              isAnimationActive={false}
              cursor={{ stroke: 'var(--ink-3)', strokeDasharray: '3 3' }}
              content={({ active, payload }) => {
                const point = payload?.[0]?.payload as (typeof points)[number] | undefined;
                if (!active || !point) return null;
                return (
                  <div className="numeric rounded-md border border-line bg-surface px-2 py-1 text-xs shadow-pop">
                    <div className="text-ink-3">{point.x.toLocaleString('en-US')} components</div>
                    <div>
                      {formatShare(point.total)}{' '}
                      <span className="text-ink-3">the last one {formatShare(point.share)}</span>
                    </div>
                  </div>
                );
              }}
            />
            <Line
              dataKey="total"
              stroke="var(--accent)"
              strokeWidth={1.75}
              dot={false}
              activeDot={{ r: 3, stroke: 'var(--surface)' }}
              isAnimationActive={false}
            />
          </LineChart>
        </ResponsiveContainer>
      </div>
    </figure>
  );
}
