'use client';

import { useCallback, useMemo } from 'react';
import { formatFixed, formatShare } from '../../ui/format.ts';
import { type Cell, HeatMap } from '../ui/HeatMap.tsx';
import { useThemeColours } from '../ui/theme-colours.ts';
import type { PhaseSnapshot } from '../worker/phase-experiment.ts';
import { densityOf, importanceOf } from '../worker/phase-grid.ts';

const phases = {
  ignored: { name: 'ignored', colour: 'neutral' },
  dedicated: { name: 'alone in the dimension', colour: 'class-2' },
  superposed: { name: 'in superposition', colour: 'class-0' },
} as const;

/** Sparsity against importance for two features and one dimension; what becomes of the second feature. */
export function PhaseDiagram({
  snapshot,
  sparsity,
  importance,
}: {
  snapshot: PhaseSnapshot;
  sparsity: number;
  importance: number;
}) {
  const { cells, nColumns, nRows } = snapshot;
  const colours = useThemeColours(['neutral', 'class-2', 'class-0']);
  const values = useMemo(
    () => cells.map((cell) => (cell === null ? 0 : cell.phase === 'ignored' ? 0.28 : 0.85)),
    [cells],
  );
  const colourOf = useCallback(
    ({ row, column }: Cell) => {
      const cell = cells[row * nColumns + column];
      return cell && colours ? colours[phases[cell.phase].colour] : undefined;
    },
    [cells, nColumns, colours],
  );
  const describe = ({ row, column }: Cell) => {
    const cell = cells[row * nColumns + column];
    const place = `density ${formatShare(densityOf(column))}, importance × ${formatFixed(importanceOf(row), 2)}`;
    return cell
      ? `${place}: ${phases[cell.phase].name}, ‖W₂‖ ${formatFixed(cell.norm, 2)}`
      : `${place}: not yet computed`;
  };
  const markX = (Math.log10(1 / (1 - sparsity)) / 2) * (nColumns - 1) + 0.5;
  const markY = ((1 - Math.log10(importance)) / 2) * (nRows - 1) + 0.5;
  return (
    <div>
      <div className="grid grid-cols-[1.25rem_minmax(0,1fr)] gap-x-1">
        <span className="flex items-center justify-center text-xs whitespace-nowrap text-ink-3 [writing-mode:sideways-lr]">
          importance of the second
        </span>
        <div>
          <HeatMap
            label="Phase diagram: what becomes of the second feature"
            values={values}
            nColumns={nColumns}
            scale="activation"
            highest={1}
            describe={describe}
            colourOf={colourOf}
            aspect={nColumns / nRows}
            overlay={
              <>
                <line
                  x1={markX}
                  x2={markX}
                  y1={0}
                  y2={nRows}
                  stroke="var(--ink)"
                  strokeWidth={1}
                  strokeDasharray="3 3"
                  vectorEffect="non-scaling-stroke"
                />
                <line
                  x1={0}
                  x2={nColumns}
                  y1={markY}
                  y2={markY}
                  stroke="var(--ink)"
                  strokeWidth={1}
                  strokeDasharray="3 3"
                  vectorEffect="non-scaling-stroke"
                />
              </>
            }
          />
          <div className="numeric -mt-4 flex justify-between text-xs text-ink-3">
            <span>always active</span>
            <span>1% of inputs</span>
          </div>
        </div>
      </div>
      <ul className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-2">
        {Object.values(phases).map(({ name, colour }) => (
          <li key={name} className="flex items-center gap-1.5">
            <span
              className="size-2.5 rounded-sm"
              style={{ background: `var(--${colour})`, opacity: colour === 'neutral' ? 0.35 : 0.9 }}
            />
            {name}
          </li>
        ))}
      </ul>
    </div>
  );
}
