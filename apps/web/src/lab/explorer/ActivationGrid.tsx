'use client';

import { useCallback, useMemo } from 'react';
import { formatFixed, formatNumber } from '../../ui/format.ts';
import { classColour } from '../ui/feature-colour.ts';
import { type Cell, HeatMap } from '../ui/HeatMap.tsx';
import { useThemeColours } from '../ui/theme-colours.ts';
import type { ExplorerSnapshot } from '../worker/explorer-experiment.ts';

const classNames = ['class-0', 'class-1', 'class-2', 'class-3', 'class-4', 'class-5', 'class-6', 'class-7'] as const;

/** Inputs × features. A chosen feature's class is lit up, and everything of other classes steps back. */
export function ActivationGrid({
  snapshot,
  chosen,
  onPick,
}: {
  snapshot: ExplorerSnapshot;
  /** Column. */
  chosen: number | null;
  onPick: (cell: Cell) => void;
}) {
  const { acts, latents, classes, bestClass, highest } = snapshot;
  const nColumns = latents.length;
  const nRows = classes.length;
  const colours = useThemeColours(classNames);
  const litClass = chosen === null ? null : bestClass[chosen];
  const values = useMemo(() => {
    if (litClass === null) return acts;
    return acts.map((value, at) => (classes[Math.floor(at / nColumns)] === litClass ? value : value * 0.25));
  }, [acts, classes, nColumns, litClass]);
  // A cell has the colour of its input's class: a column of one colour is a pure feature.
  const colourOf = useCallback(({ row }: Cell) => colours?.[classNames[classes[row]]] ?? undefined, [colours, classes]);
  return (
    <div className="grid grid-cols-[0.75rem_minmax(0,1fr)] gap-x-1">
      <span aria-hidden />
      <div className="mb-1 flex h-2.5 overflow-hidden rounded-sm" aria-hidden>
        {Array.from(bestClass, (c, i) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
            key={i}
            className="h-full flex-1"
            style={{ background: classColour(c), opacity: litClass === null || litClass === c ? 1 : 0.2 }}
          />
        ))}
      </div>
      <div className="mb-5.5 flex flex-col overflow-hidden rounded-sm" aria-hidden>
        {Array.from(classes, (c, r) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
            key={r}
            className="w-full flex-1"
            style={{ background: classColour(c), opacity: litClass === null || litClass === c ? 1 : 0.2 }}
          />
        ))}
      </div>
      <HeatMap
        label={`Activations of ${nColumns} features on ${nRows} inputs`}
        values={values}
        nColumns={nColumns}
        scale="activation"
        highest={highest}
        aspect={1.35}
        colourOf={colourOf}
        onPick={onPick}
        describe={({ row, column }) => {
          const value = acts[row * nColumns + column];
          const place = `input ${row + 1} of class ${classes[row] + 1}, feature ${latents[column]}`;
          return `${place}: ${value > 0 ? formatNumber(value) : 'silent'} (it stands for class ${bestClass[column] + 1}, purity ${formatFixed(snapshot.purity[column], 2)})`;
        }}
        overlay={
          <>
            {Array.from({ length: 7 }, (_, i) => (
              <line
                // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike
                key={i}
                x1={0}
                x2={nColumns}
                y1={((i + 1) * nRows) / 8}
                y2={((i + 1) * nRows) / 8}
                stroke="var(--surface)"
                strokeWidth={2}
                vectorEffect="non-scaling-stroke"
              />
            ))}
            {chosen !== null && (
              <rect
                x={chosen}
                y={0}
                width={1}
                height={nRows}
                fill="none"
                stroke="var(--ink)"
                strokeWidth={1.5}
                vectorEffect="non-scaling-stroke"
              />
            )}
          </>
        }
      />
    </div>
  );
}
