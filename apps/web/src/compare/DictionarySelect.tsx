'use client';

import type { ComparableRun, DictionaryChoice } from '@featurescope/contracts';
import { Field, SelectInput } from '../ui/Field.tsx';
import { formatNumber } from '../ui/format.ts';
import { describePlace, optionLabel } from './describe.ts';

/** A run, and which of its dictionaries. */
export function DictionarySelect({
  label,
  runs,
  choice,
  onChange,
}: {
  label: string;
  runs: ComparableRun[];
  choice: DictionaryChoice | null;
  onChange: (choice: DictionaryChoice | null) => void;
}) {
  const run = runs.find(({ runId }) => runId === choice?.runId);
  const choose = (runId: string) => {
    const next = runs.find((one) => one.runId === runId);
    if (!next) return onChange(null);
    onChange(next.hasDictionary ? { runId } : { runId, step: next.checkpoints[0] });
  };
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <Field label={label} hint={run && describePlace(run)}>
        {(control) => (
          <SelectInput {...control} value={choice?.runId ?? ''} onChange={(event) => choose(event.target.value)}>
            <option value="">Choose a run</option>
            {runs.map((one) => (
              <option key={one.runId} value={one.runId}>
                {optionLabel(one)}
              </option>
            ))}
          </SelectInput>
        )}
      </Field>
      {run && choice && run.checkpoints.length > 0 && (
        <Field label={`Which dictionary of the ${label.toLowerCase()}`} steady={false}>
          {(control) => (
            <SelectInput
              {...control}
              value={choice.step ?? ''}
              onChange={({ target: { value } }) =>
                onChange(value === '' ? { runId: run.runId } : { runId: run.runId, step: Number(value) })
              }
            >
              {run.hasDictionary && <option value="">The finished one</option>}
              {run.checkpoints.map((step) => (
                <option key={step} value={step}>
                  Checkpoint at step {formatNumber(step)}
                </option>
              ))}
            </SelectInput>
          )}
        </Field>
      )}
    </div>
  );
}
