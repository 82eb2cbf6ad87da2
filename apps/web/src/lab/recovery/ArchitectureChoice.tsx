'use client';

import { classNames } from '../../ui/class-names.ts';
import { architectureNames, type LabArchitecture, labArchitectures } from '../architectures.ts';

/** Which architectures stand side by side: at least one, in their own order. */
export function ArchitectureChoice({
  chosen,
  onChange,
}: {
  chosen: LabArchitecture[];
  onChange: (chosen: LabArchitecture[]) => void;
}) {
  return (
    <div role="group" aria-label="Architectures">
      <p className="mb-1 font-medium">Side by side</p>
      <div className="flex flex-wrap gap-1">
        {labArchitectures.map((architecture) => {
          const isChosen = chosen.includes(architecture);
          const others = labArchitectures.filter((other) => (other === architecture) !== chosen.includes(other));
          return (
            <button
              key={architecture}
              type="button"
              aria-pressed={isChosen}
              onClick={() => {
                if (others.length > 0) onChange(others);
              }}
              className={classNames(
                'h-7 rounded-md border px-2 text-xs',
                isChosen
                  ? 'border-transparent bg-accent-soft font-medium text-accent-ink'
                  : 'border-line-strong text-ink-2 hover:bg-hover hover:text-ink',
              )}
            >
              {architectureNames[architecture]}
            </button>
          );
        })}
      </div>
    </div>
  );
}
