'use client';

import { type PointerEvent, useEffect, useRef, useState } from 'react';
import { useMediaQuery } from '../../ui/use-media-query.ts';
import { classColour } from './feature-colour.ts';

const TURN_PER_SECOND = 0.35;

/** Directions of a space as arrows, turning slowly; a drag turns them by hand, and a system that asks for less motion holds them still.
 *  `edges` joins the tips. */
export function Arrows3d({
  label,
  points,
  edges = [],
  colourOf = classColour,
  className = 'mx-auto block w-full max-w-[26rem]',
  showNumbers = true,
}: {
  label: string;
  points: [number, number, number][];
  edges?: [number, number][];
  colourOf?: (index: number) => string;
  className?: string;
  showNumbers?: boolean;
}) {
  const isStill = useMediaQuery('(prefers-reduced-motion: reduce)');
  const [turned, setTurned] = useState({ yaw: 0.5, pitch: 0.35 });
  const drag = useRef<{ x: number; y: number } | null>(null);
  useEffect(() => {
    if (isStill) return;
    let frame = 0;
    let last = performance.now();
    const turn = (now: number) => {
      const seconds = Math.min(0.1, (now - last) / 1000);
      last = now;
      if (!drag.current && !document.hidden)
        setTurned(({ yaw, pitch }) => ({ yaw: yaw + TURN_PER_SECOND * seconds, pitch }));
      frame = requestAnimationFrame(turn);
    };
    frame = requestAnimationFrame(turn);
    return () => cancelAnimationFrame(frame);
  }, [isStill]);
  const onPointerMove = (event: PointerEvent) => {
    if (!drag.current) return;
    const { x, y } = drag.current;
    drag.current = { x: event.clientX, y: event.clientY };
    setTurned(({ yaw, pitch }) => ({
      yaw: yaw + (event.clientX - x) * 0.01,
      pitch: Math.max(-1.5, Math.min(1.5, pitch + (event.clientY - y) * 0.01)),
    }));
  };
  const seen = points.map((point) => project(point, turned));
  const order = [...seen.keys()].sort((a, b) => seen[a].depth - seen[b].depth);
  return (
    <svg
      viewBox="-132 -132 264 264"
      className={`${className} cursor-grab touch-pan-y active:cursor-grabbing`}
      role="img"
      aria-label={label}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.current = { x: event.clientX, y: event.clientY };
      }}
      onPointerMove={onPointerMove}
      onPointerUp={() => {
        drag.current = null;
      }}
      onPointerCancel={() => {
        drag.current = null;
      }}
    >
      <circle r={100} fill="var(--sunken)" stroke="var(--line-strong)" strokeDasharray="3 4" />
      <ellipse rx={100} ry={Math.abs(100 * Math.sin(turned.pitch))} fill="none" stroke="var(--line)" />
      {edges.map(([a, b]) => (
        <line
          key={`${a} ${b}`}
          x1={seen[a].x}
          y1={seen[a].y}
          x2={seen[b].x}
          y2={seen[b].y}
          stroke="var(--accent)"
          strokeOpacity={0.3}
        />
      ))}
      {order.map((i) => {
        const { x, y, depth } = seen[i];
        const fade = 0.55 + 0.45 * Math.max(0, Math.min(1, (depth + 1) / 2));
        return (
          <g key={i} opacity={fade}>
            <line x2={x} y2={y} stroke={colourOf(i)} strokeWidth={3} strokeLinecap="round" />
            <circle cx={x} cy={y} r={4.5 + 1.5 * depth} fill={colourOf(i)} />
            {showNumbers && (
              <text x={x * 1.13} y={y * 1.13 + 4} textAnchor="middle" fontSize={11} fontWeight={600} fill={colourOf(i)}>
                {i + 1}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}

/** Turned about the vertical, then tilted; seen from far away. */
function project([x, y, z]: [number, number, number], { yaw, pitch }: { yaw: number; pitch: number }) {
  const [turnedX, turnedZ] = [x * Math.cos(yaw) + z * Math.sin(yaw), -x * Math.sin(yaw) + z * Math.cos(yaw)];
  return {
    x: 100 * turnedX,
    y: -100 * (y * Math.cos(pitch) - turnedZ * Math.sin(pitch)),
    depth: y * Math.sin(pitch) + turnedZ * Math.cos(pitch),
  };
}
