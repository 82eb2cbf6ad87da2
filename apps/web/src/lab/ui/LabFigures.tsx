import type { ReactNode } from 'react';
import { Tooltip } from '../../ui/Tooltip.tsx';

export interface LabFigure {
  name: string;
  meaning: string;
  value: ReactNode;
  note?: ReactNode;
}

/** The numbers of an experiment with their definitions. */
export function LabFigures({ figures, label = 'Figures' }: { figures: LabFigure[]; label?: string }) {
  return (
    <dl
      aria-label={label}
      className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line sm:grid-cols-[repeat(auto-fit,minmax(8.5rem,1fr))]"
    >
      {figures.map(({ name, meaning, value, note }) => (
        <div key={name} className="min-w-0 bg-surface px-4 py-3 max-sm:last:odd:col-span-2">
          <dt className="text-xs text-ink-2">
            <Tooltip content={meaning}>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the definition must be reachable by keyboard */}
              <span className="term" tabIndex={0}>
                {name}
              </span>
            </Tooltip>
          </dt>
          <dd className="numeric mt-0.5 text-lg font-semibold">{value}</dd>
          {note && <dd className="numeric text-xs text-ink-3">{note}</dd>}
        </div>
      ))}
    </dl>
  );
}
