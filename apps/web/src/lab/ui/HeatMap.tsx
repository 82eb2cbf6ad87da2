'use client';

import { type PointerEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { classNames } from '../../ui/class-names.ts';
import { type Rgb, useThemeColours } from './theme-colours.ts';

export interface Cell {
  row: number;
  column: number;
}

/** A matrix as coloured cells: one pixel a cell, scaled up by the browser, so that a frame costs one small copy. `signed` is blue through
 *  nothing to red, `activation` nothing to orange. What lies under the pointer is read out below. */
export function HeatMap({
  label,
  values,
  nColumns,
  scale,
  highest,
  describe,
  onPick,
  colourOf,
  aspect,
  overlay,
}: {
  label: string;
  /** Row by row. */
  values: ArrayLike<number>;
  nColumns: number;
  scale: 'signed' | 'activation';
  /** The end of the scale. */
  highest: number;
  describe: (cell: Cell, value: number) => string;
  onPick?: (cell: Cell) => void;
  /** A colour of its own for a cell; alpha follows the value. */
  colourOf?: (cell: Cell) => Rgb | undefined;
  /** width / height; of the matrix where none is given. */
  aspect?: number;
  /** Drawn over the cells, in a viewBox of nColumns × nRows. */
  overlay?: ReactNode;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const colours = useThemeColours(['negative', 'positive', 'class-1']);
  const [hovered, setHovered] = useState<Cell | null>(null);
  const nRows = nColumns > 0 ? Math.floor(values.length / nColumns) : 0;
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || !colours || nRows === 0) return;
    const image = context.createImageData(nColumns, nRows);
    for (let at = 0; at < nRows * nColumns; at++) {
      const strength = Math.min(1, Math.abs(values[at]) / (highest || 1));
      const own = colourOf?.({ row: Math.floor(at / nColumns), column: at % nColumns });
      const [r, g, b] =
        own ?? (scale === 'activation' ? colours['class-1'] : values[at] < 0 ? colours.negative : colours.positive);
      image.data.set([r, g, b, Math.round(255 * strength)], at * 4);
    }
    context.putImageData(image, 0, 0);
  }, [values, nColumns, nRows, highest, colours, scale, colourOf]);
  const cellAt = (event: PointerEvent): Cell => {
    const box = event.currentTarget.getBoundingClientRect();
    return {
      row: Math.min(nRows - 1, Math.max(0, Math.floor(((event.clientY - box.top) / box.height) * nRows))),
      column: Math.min(nColumns - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * nColumns))),
    };
  };
  const read = hovered && hovered.row < nRows && hovered.column < nColumns ? hovered : null;
  return (
    <div className="min-w-0">
      <div
        className={classNames('relative w-full overflow-hidden rounded-md bg-sunken', onPick && 'cursor-pointer')}
        style={{ aspectRatio: aspect ?? (nColumns || 1) / (nRows || 1) }}
        onPointerMove={(event) => setHovered(cellAt(event))}
        onPointerLeave={() => setHovered(null)}
        onPointerDown={(event) => onPick?.(cellAt(event))}
      >
        <canvas
          ref={canvas}
          width={nColumns || 1}
          height={nRows || 1}
          role="img"
          aria-label={label}
          className="absolute inset-0 size-full [image-rendering:pixelated]"
        />
        <svg
          viewBox={`0 0 ${nColumns || 1} ${nRows || 1}`}
          preserveAspectRatio="none"
          className="pointer-events-none absolute inset-0 size-full"
          aria-hidden
        >
          {overlay}
          {read && (
            <rect
              x={read.column}
              y={read.row}
              width={1}
              height={1}
              fill="none"
              stroke="var(--ink)"
              strokeWidth={1.5}
              vectorEffect="non-scaling-stroke"
            />
          )}
        </svg>
      </div>
      <p className="numeric mt-1.5 min-h-4 text-xs text-ink-3">
        {read ? describe(read, values[read.row * nColumns + read.column]) : ' '}
      </p>
    </div>
  );
}
