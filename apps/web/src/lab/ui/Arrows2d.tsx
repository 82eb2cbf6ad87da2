'use client';

import { classColour } from './feature-colour.ts';

const size = 320;
const half = size / 2;
/** The circle of radius 1 in pixels: norms reach about 1.2. */
const unit = half / 1.32;

/** Directions of a plane as arrows from the origin, around the circle of length 1. */
export function Arrows2d({
  label,
  points,
  outline = false,
}: {
  label: string;
  points: [number, number][];
  outline?: boolean;
}) {
  const ordered = outline
    ? [...points]
        .filter(([x, y]) => Math.hypot(x, y) > 0.3)
        .sort(([ax, ay], [bx, by]) => Math.atan2(ay, ax) - Math.atan2(by, bx))
    : [];
  return (
    <svg viewBox={`0 0 ${size} ${size}`} className="mx-auto block w-full max-w-[26rem]" role="img" aria-label={label}>
      <line x1={8} x2={size - 8} y1={half} y2={half} stroke="var(--line)" />
      <line x1={half} x2={half} y1={8} y2={size - 8} stroke="var(--line)" />
      <circle cx={half} cy={half} r={unit} fill="none" stroke="var(--line-strong)" strokeDasharray="3 4" />
      {ordered.length > 1 && (
        <polygon
          points={ordered.map(([x, y]) => `${half + x * unit},${half - y * unit}`).join(' ')}
          fill="var(--accent)"
          fillOpacity={0.07}
          stroke="var(--accent)"
          strokeOpacity={0.35}
        />
      )}
      {points.map(([x, y], i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an arrow is its feature, and features keep their order
        <Arrow key={i} x={x} y={y} index={i} />
      ))}
    </svg>
  );
}

function Arrow({ x, y, index }: { x: number; y: number; index: number }) {
  const length = Math.hypot(x, y);
  const colour = classColour(index);
  const [tipX, tipY] = [half + x * unit, half - y * unit];
  if (length < 0.06) return <circle cx={half} cy={half} r={3} fill={colour} />;
  const [ux, uy] = [x / length, -y / length];
  const label = length + 0.11;
  return (
    <g>
      <line
        x1={half}
        y1={half}
        x2={tipX - ux * 6}
        y2={tipY - uy * 6}
        stroke={colour}
        strokeWidth={3}
        strokeLinecap="round"
      />
      <polygon
        points={`${tipX},${tipY} ${tipX - ux * 11 - uy * 5},${tipY - uy * 11 + ux * 5} ${tipX - ux * 11 + uy * 5},${tipY - uy * 11 - ux * 5}`}
        fill={colour}
      />
      {length > 0.3 && (
        <text
          x={half + ux * label * unit}
          y={half + uy * label * unit + 4}
          textAnchor="middle"
          fontSize={12}
          fontWeight={600}
          fill={colour}
          className="numeric"
        >
          {index + 1}
        </text>
      )}
    </g>
  );
}
