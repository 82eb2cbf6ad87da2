'use client';

import type { TruthRow } from '@featurescope/contracts';
import { useRouter } from 'next/navigation';
import { type MouseEvent, useEffect, useMemo, useRef, useState } from 'react';
import { formatFixed } from '../ui/format.ts';
import { Panel } from '../ui/Panel.tsx';
import { type HeatCell, heatMapOf } from './heat-map.ts';

const maxLatents = 1024;
/** Of the picture, before it is fitted to the page. */
const largestCell = 18;
const targetWidth = 1024;

/** Cosines of truths with latents. Drawn on a canvas, for there are tens of thousands of them; the table below says the same in numbers. */
export function TruthHeatMap({
  runId,
  truths,
  from,
  total,
}: {
  runId: string;
  truths: TruthRow[];
  /** Place of the first among all. */
  from: number;
  total: number;
}) {
  const router = useRouter();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [pointed, setPointed] = useState<HeatCell | null>(null);
  const map = useMemo(() => heatMapOf(truths, maxLatents), [truths]);
  const size = Math.max(1, Math.min(largestCell, Math.floor(targetWidth / map.latents.length)));
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const style = getComputedStyle(document.documentElement);
    const colours = { positive: style.getPropertyValue('--positive'), negative: style.getPropertyValue('--negative') };
    context.clearRect(0, 0, map.latents.length * size, map.truths.length * size);
    for (const { row, column, cosine } of map.cells) {
      context.globalAlpha = Math.min(1, Math.abs(cosine));
      context.fillStyle = cosine > 0 ? colours.positive : colours.negative;
      context.fillRect(column * size, row * size, size, size);
    }
  }, [map, size]);
  const cellAt = (event: MouseEvent<HTMLCanvasElement>): HeatCell | null => {
    const box = event.currentTarget.getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * map.latents.length);
    const row = Math.floor(((event.clientY - box.top) / box.height) * map.truths.length);
    return map.cells.find((cell) => cell.row === row && cell.column === column) ?? null;
  };
  return (
    <Panel
      title="Truths and latents"
      aside={
        <span className="flex items-center gap-2">
          cosine −1
          <span
            className="h-2 w-24 rounded-full"
            style={{ background: 'linear-gradient(to right, var(--negative), transparent, var(--positive))' }}
            aria-hidden
          />
          1
        </span>
      }
    >
      <p className="pb-2 text-ink-2">
        Down: truths, best found first
        {truths.length < total && `, ${from + 1} to ${from + truths.length} of ${total}`}. Across: latents, each truth’s
        own first. What was found is a dark diagonal; a dark cell off it is a second latent for the same truth.
      </p>
      <div className="overflow-auto rounded-md border border-line bg-sunken">
        <canvas
          ref={canvas}
          width={map.latents.length * size}
          height={map.truths.length * size}
          role="img"
          aria-label={`Cosines of ${map.truths.length} truths with ${map.latents.length} latents`}
          className="block max-w-full cursor-crosshair [image-rendering:pixelated]"
          onMouseMove={(event) => setPointed(cellAt(event))}
          onMouseLeave={() => setPointed(null)}
          onClick={(event) => {
            const cell = cellAt(event);
            if (cell) router.push(`/runs/${runId}/features/${map.latents[cell.column]}`);
          }}
        />
      </div>
      <p className="numeric mt-1 min-h-4 text-xs text-ink-3" aria-live="off">
        {pointed
          ? `Truth ${map.truths[pointed.row]}, latent ${map.latents[pointed.column]}: cosine ${formatFixed(pointed.cosine, 3)}. Click to open the feature.`
          : 'Point at a cell for its numbers.'}
      </p>
    </Panel>
  );
}
