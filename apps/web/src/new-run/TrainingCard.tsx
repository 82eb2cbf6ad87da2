'use client';

import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { definitions, type TermName } from '../ui/definitions.ts';
import { Field, NumberInput, SelectInput } from '../ui/Field.tsx';
import { formatNumber } from '../ui/format.ts';
import type { CardProps } from './card-props.ts';
import type { Draft } from './draft.ts';
import { PresetChoice } from './PresetChoice.tsx';
import { RunNameField } from './RunNameField.tsx';
import { isSyntheticDraft } from './synthetic-draft.ts';
import { parseNumber } from './typed-numbers.ts';

const inputs: { field: keyof Draft & TermName; label: string; hint?: string }[] = [
  { field: 'nTokens', label: 'Tokens', hint: '500k and 2M work too' },
  { field: 'batchSize', label: 'Batch size' },
  { field: 'learningRate', label: 'Learning rate' },
  { field: 'seed', label: 'Seed' },
];

/** Closed until someone wants it, or until a value in it is wrong. */
export function TrainingCard({ draft, errors, change }: CardProps) {
  const wrong = inputs.some(({ field }) => errors[field]);
  const [open, setOpen] = useState(false);
  const unit = isSyntheticDraft(draft) ? 'samples' : 'tokens';
  return (
    <details
      open={open || wrong}
      onToggle={(event) => setOpen(event.currentTarget.open)}
      className="group rounded-lg border border-line bg-surface"
    >
      <summary className="flex h-11 list-none items-center gap-2 rounded-lg px-4 [&::-webkit-details-marker]:hidden">
        <ChevronRight size={14} className="text-ink-3 transition-transform group-open:rotate-90" aria-hidden />
        <h2 className="text-sm font-semibold">Training</h2>
        <span className="numeric ml-auto truncate text-xs text-ink-3 group-open:hidden">
          {draft.preset === 'saelens' && 'SAELens preset, '}
          {formatNumber(parseNumber(draft.nTokens))} {unit}, batches of {draft.batchSize}, learning rate{' '}
          {draft.learningRate || 'of each architecture'}, seed {draft.seed}
        </span>
      </summary>
      <div className="grid gap-x-4 gap-y-2 px-4 pb-3 sm:grid-cols-2">
        <PresetChoice draft={draft} change={change} />
        <RunNameField name={draft.name} error={errors.name} onChange={(name) => change({ name })} />
        {inputs.map(({ field, label, hint }) => (
          <Field
            key={field}
            label={label === 'Tokens' && unit === 'samples' ? 'Samples' : label}
            term={field}
            error={errors[field]}
            hint={field === 'learningRate' ? learningRateHint(draft) : hint}
          >
            {(control) => (
              <NumberInput
                {...control}
                value={draft[field]}
                onChange={(event) => change({ [field]: event.target.value })}
              />
            )}
          </Field>
        ))}
        <StartChoice field="decoderInit" options={decoderInitNames} draft={draft} errors={errors} change={change} />
        <StartChoice field="bDecInit" options={bDecInitNames} draft={draft} errors={errors} change={change} />
      </div>
    </details>
  );
}

const decoderInitNames: Record<Draft['decoderInit'], string> = {
  random: 'Random',
  dataPoints: 'Of activations drawn at random',
  densityPeaks: 'Where activations are most crowded',
};

const bDecInitNames: Record<Draft['bDecInit'], string> = {
  '': 'As the preset has it',
  geometricMedian: 'Median of activations',
  zeros: 'Zero',
};

/** Where the dictionary begins. */
function StartChoice<Key extends 'decoderInit' | 'bDecInit'>({
  field,
  options,
  draft,
  errors,
  change,
}: CardProps & { field: Key; options: Record<Draft[Key], string> }) {
  return (
    <Field label={definitions[field].term} term={field} error={errors[field]}>
      {(control) => (
        <SelectInput
          {...control}
          value={draft[field]}
          onChange={(event) => change({ [field]: event.target.value as Draft[Key] })}
        >
          {(Object.entries(options) as [Draft[Key], string][]).map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </SelectInput>
      )}
    </Field>
  );
}

function learningRateHint({ isSweep, architectures }: Draft): string | undefined {
  return isSweep && architectures.length > 1 ? 'Left empty, each architecture takes its own' : undefined;
}
