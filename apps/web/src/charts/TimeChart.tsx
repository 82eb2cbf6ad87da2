'use client';

import { Download, Image as ImageIcon } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { IconButton } from '../ui/Button.tsx';
import { classNames } from '../ui/class-names.ts';
import type { TermName } from '../ui/definitions.ts';
import { formatNumber } from '../ui/format.ts';
import { Term } from '../ui/Term.tsx';
import { axisStyle, chartHeight } from './chart-style.ts';
import { downloadCsv, downloadPng } from './export.ts';
import { niceAxis, niceTicksWithin } from './nice-scale.ts';
import { downsample, type Point, smoothSeries } from './series.ts';

const pixelColumns = 320;

/** One quantity over the steps of a run: raw points faint under the smoothed line. Charts of the same syncId share
 *  their crosshair. Nothing animates: points arrive all the time. */
export function TimeChart({
  term,
  unit,
  points,
  syncId,
  fileName,
  emptyText,
  format = formatNumber,
}: {
  term: TermName;
  unit?: string;
  points: { x: number; raw: number }[];
  syncId: string;
  fileName: string;
  /** What stands where the curve will be. */
  emptyText: string;
  format?: (value: number) => string;
}) {
  const [log, setLog] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  const drawn = useMemo(() => {
    const smooth = smoothSeries(points);
    return downsample(log ? smooth.filter((p) => p.raw > 0 && p.smooth > 0) : smooth, pixelColumns);
  }, [points, log]);
  const axis = useMemo(() => niceAxis(drawn.map((point) => point.raw)), [drawn]);
  const latest = points.at(-1);
  const lastX = latest?.x ?? 1;
  const savePng = () => {
    const svg = frame.current?.querySelector<SVGSVGElement>('svg.recharts-surface');
    if (svg) void downloadPng(fileName, svg);
  };
  return (
    <figure className="group min-w-0 rounded-lg border border-line bg-surface pt-2">
      <figcaption className="flex h-8 items-center gap-1 pr-2 pl-4">
        <span className="font-medium">
          <Term name={term} />
        </span>
        {latest && (
          <span className="numeric ml-1 text-ink-2">
            {format(latest.raw)}
            {unit && <span className="text-ink-3"> {unit}</span>}
          </span>
        )}
        <span className="ml-auto flex items-center">
          <button
            type="button"
            aria-pressed={log}
            onClick={() => setLog(!log)}
            className={classNames(
              'h-6 rounded px-1.5 text-xs hover:bg-hover',
              log ? 'bg-accent-soft text-accent-ink' : 'text-ink-3',
            )}
          >
            log
          </button>
          <IconButton
            label={`Download ${fileName} as CSV`}
            className="size-7"
            onClick={() =>
              downloadCsv(
                fileName,
                ['step', 'value'],
                points.map((p) => [p.x, p.raw]),
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
      <div ref={frame} className="pr-3" style={{ height: chartHeight }}>
        {drawn.length < 2 ? (
          <p className="flex h-full items-center justify-center text-xs text-ink-3">{emptyText}</p>
        ) : (
          <ResponsiveContainer width="100%" height="100%">
            <LineChart
              data={drawn}
              syncId={syncId}
              syncMethod="value"
              margin={{ top: 8, right: 12, bottom: 0, left: 0 }}
            >
              <CartesianGrid stroke="var(--line)" vertical={false} />
              <XAxis
                dataKey="x"
                type="number"
                domain={[0, lastX]}
                ticks={niceTicksWithin(0, lastX)}
                tickFormatter={formatNumber}
                {...axisStyle}
              />
              <YAxis
                type="number"
                scale={log ? 'log' : 'linear'}
                domain={log ? ['auto', 'auto'] : axis.domain}
                ticks={log ? undefined : axis.ticks}
                tickFormatter={format}
                width={52}
                axisLine={false}
                {...axisStyle}
              />
              <Tooltip
                isAnimationActive={false}
                cursor={{ stroke: 'var(--ink-3)', strokeDasharray: '3 3' }}
                content={({ active, payload }) =>
                  active && payload?.[0] ? (
                    <Readout point={payload[0].payload as Point} format={format} unit={unit} />
                  ) : null
                }
              />
              <Line
                dataKey="raw"
                stroke="var(--chart-raw)"
                strokeWidth={1}
                dot={false}
                activeDot={false}
                isAnimationActive={false}
              />
              <Line
                dataKey="smooth"
                stroke="var(--accent)"
                strokeWidth={1.75}
                dot={false}
                activeDot={{ r: 3, stroke: 'var(--surface)' }}
                isAnimationActive={false}
              />
            </LineChart>
          </ResponsiveContainer>
        )}
      </div>
    </figure>
  );
}

function Readout({ point, format, unit }: { point: Point; format: (value: number) => string; unit?: string }) {
  return (
    <div className="numeric rounded-md border border-line bg-surface px-2 py-1 text-xs shadow-pop">
      <div className="text-ink-3">step {point.x.toLocaleString('en-US')}</div>
      <div>
        {format(point.raw)}
        {unit && ` ${unit}`} <span className="text-ink-3">smoothed {format(point.smooth)}</span>
      </div>
    </div>
  );
}
