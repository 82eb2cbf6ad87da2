'use client';

import type { ActivationSource, RunEstimate } from '@featurescope/contracts';
import { formatBytes } from '../ui/format.ts';
import { Term } from '../ui/Term.tsx';
import type { CardProps } from './card-props.ts';
import { choiceStyle } from './choice-style.ts';
import type { Launch } from './launch.ts';
import { useEstimate } from './use-estimate.ts';

/** Whether the run reads the model as it goes, or keeps what it read for the runs after it. */
export function ActivationsChoice({
  draft,
  change,
  launch,
}: Pick<CardProps, 'draft' | 'change'> & { launch: Launch | null }) {
  const { data } = useEstimate(launch);
  const options: { value: ActivationSource; label: string; meaning: string }[] = [
    { value: 'stream', label: 'Read the model while training', meaning: 'Nothing is kept. Right for a single run.' },
    {
      value: 'store',
      label: 'Store activations and reuse them',
      meaning: storedWords(data?.storedActivations),
    },
  ];
  return (
    <fieldset className="mt-3">
      <legend className="mb-1 font-medium">
        <Term name="storedActivations">Activations</Term>
      </legend>
      <div className="grid gap-2 sm:grid-cols-2">
        {options.map(({ value, label, meaning }) => (
          <label key={value} className={choiceStyle}>
            <input
              type="radio"
              name="activations"
              className="mt-1 accent-accent"
              checked={draft.activations === value}
              onChange={() => change({ activations: value })}
            />
            <span className="min-w-0">
              <span className="block font-medium">{label}</span>
              <span className="numeric block min-h-8 text-xs text-ink-2">{meaning}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function storedWords(stored: RunEstimate['storedActivations'] | undefined): string {
  const purpose = 'Later runs on the same text and hook point skip the model.';
  if (stored === undefined) return purpose;
  const { sizeBytes, presentBytes, quotaBytes } = stored;
  if (presentBytes >= sizeBytes) return `${formatBytes(sizeBytes)}, all of it stored already: the model is not read.`;
  const present = presentBytes > 0 ? `, ${formatBytes(presentBytes)} of it stored already` : '';
  const limit = sizeBytes > quotaBytes ? ` The quota is ${formatBytes(quotaBytes)}: the rest is not kept.` : '';
  return `About ${formatBytes(sizeBytes)}${present}. ${purpose}${limit}`;
}
