'use client';

import { useMemo, useState } from 'react';
import { formatFixed } from '../../ui/format.ts';
import { LabSlider } from '../ui/LabSlider.tsx';
import { type Bowl, errorAt, type Plane, smallestOnBall } from './smallest-on-ball.ts';

const bowl: Bowl = { centre: [1.55, 0.75], a: 1, b: 0.35, c: 1.2 };
const size = 240;
const unit = 52;
const originX = 84;
const originY = 152;

/** Why L1 and not L2: the same error, the same idea of a budget, and where each lets the best point lie. */
export function DiamondAndCircle() {
  const [budget, setBudget] = useState(0.5);
  return (
    <div>
      <div className="grid grid-cols-2 gap-3">
        <Ball norm="l1" budget={budget} />
        <Ball norm="l2" budget={budget} />
      </div>
      <div className="mt-3 max-w-md">
        <LabSlider
          label="Budget"
          value={budget}
          min={0.1}
          max={2}
          step={0.05}
          shown={formatFixed(budget, 2)}
          ends={['small', 'large']}
          onChange={setBudget}
        />
      </div>
      <p className="mt-2 text-xs text-ink-3">
        Two activations f₁ and f₂ may together be no larger than the budget. The rings are the reconstruction error,
        least at the cross. The diamond of L1 has corners, and a ring that grows meets a corner first: one activation
        becomes exactly 0. The circle of L2 has none: both shrink and neither is ever 0.
      </p>
    </div>
  );
}

function Ball({ norm, budget }: { norm: 'l1' | 'l2'; budget: number }) {
  const best = useMemo(() => smallestOnBall(bowl, norm, budget), [norm, budget]);
  const x = (value: number) => originX + value * unit;
  const y = (value: number) => originY - value * unit;
  const t = budget;
  const zero = best[1] === 0 || best[0] === 0;
  return (
    <figure className="min-w-0">
      <figcaption className="font-medium">{norm === 'l1' ? 'L1: |f₁| + |f₂|' : 'L2: √(f₁² + f₂²)'}</figcaption>
      <svg viewBox={`0 0 ${size} ${size}`} className="block w-full" role="img" aria-label={`Best point under ${norm}`}>
        <line x1={0} x2={size} y1={originY} y2={originY} stroke="var(--line-strong)" />
        <line x1={originX} x2={originX} y1={0} y2={size} stroke="var(--line-strong)" />
        {[0.25, 1, errorAt(bowl, best) / 0.36].map((level, i) => (
          <polygon
            key={level}
            points={ring(Math.sqrt(level) * 0.6)
              .map(([px, py]) => `${x(px)},${y(py)}`)
              .join(' ')}
            fill="none"
            stroke="var(--class-1)"
            strokeOpacity={i === 2 ? 0.9 : 0.4}
          />
        ))}
        {norm === 'l1' ? (
          <polygon
            points={`${x(t)},${y(0)} ${x(0)},${y(t)} ${x(-t)},${y(0)} ${x(0)},${y(-t)}`}
            fill="var(--accent)"
            fillOpacity={0.12}
            stroke="var(--accent)"
          />
        ) : (
          <circle cx={x(0)} cy={y(0)} r={t * unit} fill="var(--accent)" fillOpacity={0.12} stroke="var(--accent)" />
        )}
        <path
          d={`M${x(bowl.centre[0]) - 5} ${y(bowl.centre[1])}h10m-5 -5v10`}
          stroke="var(--class-1)"
          strokeWidth={2}
        />
        <circle cx={x(best[0])} cy={y(best[1])} r={5} fill="var(--accent)" stroke="var(--surface)" strokeWidth={2} />
        <text x={size - 4} y={originY - 6} textAnchor="end" fontSize={11} fill="var(--ink-3)">
          f₁
        </text>
        <text x={originX + 6} y={12} fontSize={11} fill="var(--ink-3)">
          f₂
        </text>
      </svg>
      <p className="numeric text-xs" data-testid={`best-${norm}`}>
        f₁ {formatFixed(best[0], 2)}, f₂ {formatFixed(best[1], 2)}
        <span className="text-ink-3"> {zero ? '– one is exactly 0' : '– both are active'}</span>
      </p>
    </figure>
  );
}

/** The points of equal error, √error = radius. */
function ring(radius: number): Plane[] {
  const { a, b, c, centre } = bowl;
  // Cholesky's L of A: error = ‖Lᵀ(f − centre)‖².
  const l11 = Math.sqrt(a);
  const l21 = b / l11;
  const l22 = Math.sqrt(c - l21 * l21);
  return Array.from({ length: 72 }, (_, i) => {
    const angle = (2 * Math.PI * i) / 72;
    const dy = (radius * Math.sin(angle)) / l22;
    const dx = (radius * Math.cos(angle) - l21 * dy) / l11;
    return [centre[0] + dx, centre[1] + dy];
  });
}
