'use client';

import type { Run } from '@featurescope/contracts';
import { Panel } from '../ui/Panel.tsx';

/** Where an imported dictionary is from, in the place of the curves that it does not have. */
export function ImportedFrom({ run }: { run: Run }) {
  const { imported } = run;
  if (!imported) return null;
  return (
    <Panel title="Imported">
      <p>{imported.found}.</p>
      <p className="mt-1 text-ink-2">
        From <code className="text-[13px] break-all">{imported.source}</code>. It was trained elsewhere, so there are no
        training curves and no checkpoints; its figures are measured here, on held-out text.
      </p>
      {imported.notes.length > 0 && (
        <ul className="mt-2 flex list-disc flex-col gap-1 pl-5 text-[13px] text-ink-2">
          {imported.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
