'use client';

import { architectureLabel, architectureTitle, type Run } from '@featurescope/contracts';
import { useRouter } from 'next/navigation';
import { CartesianGrid, ResponsiveContainer, Scatter, ScatterChart, Tooltip, XAxis, YAxis } from 'recharts';
import { axisStyle } from '../charts/chart-style.ts';
import { niceAxis } from '../charts/nice-scale.ts';
import { formatNumber } from '../ui/format.ts';
import { ArchitectureMarker } from './ArchitectureMarker.tsx';
import { byArchitecture, type ParetoPoint, paretoPoints } from './pareto.ts';

const height = 280;

/** L0 against FVU, a point a run, shaped by architecture; a line joins those that no other beats, a faint one those of one
 *  architecture. A point opens its run: the table below has the same links for keyboards. */
export function ParetoChart({ runs }: { runs: Run[] }) {
  const router = useRouter();
  const points = paretoPoints(runs);
  if (points.length === 0)
    return (
      <p className="flex items-center justify-center text-xs text-ink-3" style={{ height }}>
        Points appear with the first step of training.
      </p>
    );
  const x = niceAxis([0, ...points.map(({ l0 }) => l0)], 6);
  const y = niceAxis(points.map(({ fvu }) => fvu));
  const open = ({ run }: ParetoPoint) => router.push(`/runs/${run.id}`);
  const best = points.filter(({ isBest }) => isBest);
  const groups = byArchitecture(points);
  return (
    <>
      <div
        role="img"
        aria-label={`L0 against FVU: ${points.length} of ${runs.length} runs, ${best.length} of them unbeaten`}
        style={{ height }}
      >
        <ResponsiveContainer width="100%" height="100%">
          <ScatterChart margin={{ top: 8, right: 16, bottom: 16, left: 0 }}>
            <CartesianGrid stroke="var(--line)" />
            <XAxis
              dataKey="l0"
              name="L0"
              type="number"
              domain={x.domain}
              ticks={x.ticks}
              tickFormatter={formatNumber}
              label={{ value: 'L0', position: 'insideBottom', offset: -10, fontSize: 11, fill: 'var(--ink-2)' }}
              {...axisStyle}
            />
            <YAxis
              dataKey="fvu"
              name="FVU"
              type="number"
              domain={y.domain}
              ticks={y.ticks}
              tickFormatter={formatNumber}
              width={60}
              label={{
                value: 'FVU',
                angle: -90,
                position: 'insideLeft',
                offset: 12,
                fontSize: 11,
                fill: 'var(--ink-2)',
              }}
              {...axisStyle}
            />
            <Tooltip isAnimationActive={false} cursor={false} content={PointTooltip} />
            {groups.length > 1 &&
              groups.map(({ architecture, points: own }) => (
                <Scatter
                  key={architecture}
                  data={own}
                  line={{ stroke: 'var(--line-strong)', strokeWidth: 1 }}
                  shape={() => <g />}
                  isAnimationActive={false}
                  tooltipType="none"
                />
              ))}
            <Scatter
              data={best}
              line={{ stroke: 'var(--accent)', strokeWidth: 1.5 }}
              shape={Dot}
              isAnimationActive={false}
              onClick={(point) => open(point.payload as ParetoPoint)}
            />
            <Scatter
              data={points.filter(({ isBest }) => !isBest)}
              shape={Dot}
              isAnimationActive={false}
              onClick={(point) => open(point.payload as ParetoPoint)}
            />
          </ScatterChart>
        </ResponsiveContainer>
      </div>
      {groups.length > 1 && (
        <ul aria-label="Shapes" className="mt-1 flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-2">
          {groups.map(({ architecture }) => (
            <li key={architecture} className="flex items-center gap-1.5">
              <svg width="18" height="18" viewBox="-9 -9 18 18" aria-hidden>
                <ArchitectureMarker architecture={architecture} isBest={false} />
              </svg>
              {architectureTitle(architecture)}
            </li>
          ))}
          <li className="text-ink-3">Filled: no other run is both sparser and closer</li>
        </ul>
      )}
    </>
  );
}

const Dot = ({ cx, cy, payload }: { cx?: number; cy?: number; payload?: ParetoPoint }) => (
  <ArchitectureMarker architecture={payload?.run.architecture} isBest={payload?.isBest ?? false} cx={cx} cy={cy} />
);

function PointTooltip({ active, payload }: { active?: boolean; payload?: readonly { payload?: unknown }[] }) {
  const point = payload?.[0]?.payload as ParetoPoint | undefined;
  if (!active || !point) return null;
  const { run, l0, fvu } = point;
  return (
    <div className="max-w-72 rounded-md border border-line bg-surface px-2 py-1 text-xs shadow-pop">
      <div className="font-medium">{run.name}</div>
      <div className="text-ink-2">
        {architectureLabel(run)}, {formatNumber(run.nLatents)} latents
      </div>
      <div className="numeric">
        L0 {formatNumber(l0)} · FVU {formatNumber(fvu)}
        <span className="text-ink-3"> {run.evaluation ? 'held out' : 'in training'}</span>
      </div>
    </div>
  );
}
