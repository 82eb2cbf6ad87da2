import { niceAxis } from '../../charts/nice-scale.ts';
import { formatFixed, formatNumber } from '../../ui/format.ts';
import type { TradeOffPoint } from '../worker/trade-off-experiment.ts';

const [width, height] = [720, 250];
const [left, right, top, bottom] = [44, 72, 26, 30];

/** L0 against the unexplained variance, a dictionary a point; and where the one on the page stands. */
export function TradeOffChart({
  topk,
  standard,
  here,
}: {
  topk: TradeOffPoint[];
  standard: TradeOffPoint[];
  here: { l0: number; fvu: number };
}) {
  const all = [...topk, ...standard];
  const xAxis = niceAxis([0, 8, ...all.map(({ l0 }) => l0)], 4);
  const yAxis = niceAxis([0, 0.03, ...all.map(({ fvu }) => fvu)], 4);
  const x = (l0: number) =>
    left + ((l0 - xAxis.domain[0]) / (xAxis.domain[1] - xAxis.domain[0])) * (width - left - right);
  const y = (fvu: number) =>
    top +
    (1 - (Math.min(fvu, yAxis.domain[1]) - yAxis.domain[0]) / (yAxis.domain[1] - yAxis.domain[0])) *
      (height - top - bottom);
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      className="block w-full min-w-[34rem]"
      role="img"
      aria-label={`FVU against L0, ${all.length} dictionaries`}
    >
      {yAxis.ticks.map((tick) => (
        <g key={tick}>
          <line x1={left} x2={width - right} y1={y(tick)} y2={y(tick)} stroke="var(--line)" />
          <text x={left - 6} y={y(tick) + 3.5} textAnchor="end" fontSize={10} fill="var(--ink-3)">
            {formatNumber(tick)}
          </text>
        </g>
      ))}
      {xAxis.ticks.map((tick) => (
        <text key={tick} x={x(tick)} y={height - 14} textAnchor="middle" fontSize={10} fill="var(--ink-3)">
          {formatNumber(tick)}
        </text>
      ))}
      <text x={(left + width - right) / 2} y={height - 1} textAnchor="middle" fontSize={11} fill="var(--ink-2)">
        active features (L0)
      </text>
      <text x={4} y={11} fontSize={11} fill="var(--ink-2)">
        FVU
      </text>
      <Line points={topk} x={x} y={y} colour="var(--accent)" name="TopK" label={(p) => `k ${p.value}`} />
      <Line points={standard} x={x} y={y} colour="var(--class-1)" name="ReLU + L1" label={(p) => `λ ${p.value}`} />
      <circle cx={x(here.l0)} cy={y(here.fvu)} r={7} fill="none" stroke="var(--ink)" strokeWidth={1.5}>
        <title>{`here: L0 ${formatFixed(here.l0, 2)}, FVU ${formatFixed(here.fvu, 4)}`}</title>
      </circle>
    </svg>
  );
}

function Line({
  points,
  x,
  y,
  colour,
  name,
  label,
}: {
  points: TradeOffPoint[];
  x: (l0: number) => number;
  y: (fvu: number) => number;
  colour: string;
  name: string;
  label: (point: TradeOffPoint) => string;
}) {
  const last = points.at(-1);
  return (
    <g>
      <path
        d={points.map((p, i) => `${i === 0 ? 'M' : 'L'}${x(p.l0)} ${y(p.fvu)}`).join('')}
        fill="none"
        stroke={colour}
        strokeWidth={1.75}
      />
      {points.map((p) => (
        <circle key={p.value} cx={x(p.l0)} cy={y(p.fvu)} r={3.5} fill={colour}>
          <title>{`${name}, ${label(p)}: L0 ${formatFixed(p.l0, 2)}, FVU ${formatFixed(p.fvu, 4)}, purity ${formatFixed(p.meanPurity, 2)}`}</title>
        </circle>
      ))}
      {last && (
        <text x={x(last.l0) + 8} y={y(last.fvu) + 3.5} fontSize={11} fontWeight={600} fill={colour}>
          {name}
        </text>
      )}
    </g>
  );
}
