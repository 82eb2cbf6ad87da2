'use client';

import { useEffect, useRef } from 'react';
import { useThemeColours } from '../ui/theme-colours.ts';

const size = 220;
const highest = 2.2;

/** True magnitude against what came back, for rows with one active truth: points below the diagonal have shrunk. */
export function ShrinkageChart({
  label,
  truth,
  recovered,
}: {
  label: string;
  truth: Float32Array;
  recovered: Float32Array;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const colours = useThemeColours(['accent', 'line-strong', 'ink-3']);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || !colours) return;
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    canvas.current!.width = size * ratio;
    canvas.current!.height = size * ratio;
    context.scale(ratio, ratio);
    const x = (value: number) => 6 + (value / highest) * (size - 12);
    const y = (value: number) => size - 6 - (Math.max(0, value) / highest) * (size - 12);
    const rgb = ([r, g, b]: number[], alpha = 1) => `rgba(${r}, ${g}, ${b}, ${alpha})`;
    context.strokeStyle = rgb(colours['line-strong']);
    context.strokeRect(6, 6, size - 12, size - 12);
    context.setLineDash([4, 3]);
    context.strokeStyle = rgb(colours['ink-3']);
    context.beginPath();
    context.moveTo(x(0), y(0));
    context.lineTo(x(highest), y(highest));
    context.stroke();
    context.fillStyle = rgb(colours.accent, 0.3);
    for (let i = 0; i < Math.min(600, truth.length); i++)
      context.fillRect(x(truth[i]) - 1.5, y(Math.min(highest, recovered[i])) - 1.5, 3, 3);
  }, [truth, recovered, colours]);
  return <canvas ref={canvas} role="img" aria-label={label} className="mx-auto block aspect-square w-full max-w-56" />;
}

/** Σ recovered / Σ true: 1 is the full length. */
export function lengthKept({ truth, recovered }: { truth: Float32Array; recovered: Float32Array }): number {
  const sum = (values: Float32Array) => values.reduce((so, value) => so + value, 0);
  return truth.length > 0 ? sum(recovered) / sum(truth) : Number.NaN;
}
