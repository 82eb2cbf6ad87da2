'use client';

import { niceAxis } from '../../charts/nice-scale.ts';
import { formatNumber } from '../../ui/format.ts';

export interface Curve {
  label: string;
  points: [number, number][];
  colour: string;
  isDashed?: boolean;
}

const sizes = { wide: [420, 150], narrow: [200, 104] } as const;
const [left, right, top, bottom] = [38, 8, 8, 18];

/** Curves over steps as plain SVG: drawn anew at every frame, so nothing of it may cost anything. One scale for all. */
export function MiniChart({
  label,
  curves,
  lastX,
  fromZero = true,
  size = 'wide',
}: {
  label: string;
  curves: Curve[];
  lastX: number;
  fromZero?: boolean;
  /** Of the space it stands in, so that its text has the size of other text. */
  size?: keyof typeof sizes;
}) {
  const [width, height] = sizes[size];
  const values = curves.flatMap(({ points }) => points.map(([, y]) => y)).filter(Number.isFinite);
  const axis = niceAxis(fromZero ? [0, ...values] : values, 3);
  const [low, high] = axis.domain;
  const x = (value: number) => left + (value / lastX) * (width - left - right);
  const y = (value: number) => top + (1 - (value - low) / (high - low)) * (height - top - bottom);
  const path = (points: [number, number][]) =>
    points.map(([px, py], i) => `${i === 0 ? 'M' : 'L'}${x(px).toFixed(1)} ${y(py).toFixed(1)}`).join('');
  return (
    <svg viewBox={`0 0 ${width} ${height}`} className="block w-full" role="img" aria-label={label}>
      {axis.ticks.map((tick) => (
        <g key={tick}>
          <line x1={left} x2={width - right} y1={y(tick)} y2={y(tick)} stroke="var(--line)" />
          <text x={left - 5} y={y(tick) + 3.5} textAnchor="end" fontSize={10} fill="var(--ink-3)" className="numeric">
            {formatNumber(tick)}
          </text>
        </g>
      ))}
      <text x={left} y={height - 5} fontSize={10} fill="var(--ink-3)">
        0
      </text>
      <text x={width - right} y={height - 5} fontSize={10} fill="var(--ink-3)" textAnchor="end" className="numeric">
        step {lastX.toLocaleString('en-US')}
      </text>
      {curves.map((curve) => (
        <path
          key={curve.label}
          d={path(curve.points)}
          fill="none"
          stroke={curve.colour}
          strokeWidth={1.75}
          strokeLinejoin="round"
          strokeDasharray={curve.isDashed ? '4 3' : undefined}
        />
      ))}
    </svg>
  );
}

/** Names of curves beside their colours, with their latest values. */
export function CurveNames({ curves }: { curves: (Curve & { value?: string })[] }) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-2">
      {curves.map(({ label, colour, isDashed, value }) => (
        <li key={label} className="flex items-center gap-1.5">
          <svg width={14} height={4} aria-hidden>
            <line
              x1={0}
              x2={14}
              y1={2}
              y2={2}
              stroke={colour}
              strokeWidth={2.5}
              strokeDasharray={isDashed ? '4 3' : ''}
            />
          </svg>
          {label}
          {value !== undefined && <span className="numeric font-mono text-ink">{value}</span>}
        </li>
      ))}
    </ul>
  );
}
