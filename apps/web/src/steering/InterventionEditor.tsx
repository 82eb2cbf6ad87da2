'use client';

import { type SteeringIntervention, type SteeringMode, steeringModes } from '@featurescope/contracts';
import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { featureQuery } from '../api/queries.ts';
import { IconButton } from '../ui/Button.tsx';
import { definitionOf } from '../ui/definitions.ts';
import { NumberInput, SelectInput } from '../ui/Field.tsx';
import { Quantity } from '../ui/Quantity.tsx';
import { defaultStrength } from './draft.ts';
import { percentile } from './percentile.ts';
import { type StrengthMark, StrengthSlider } from './StrengthSlider.tsx';

/** One feature with what is done to it and how strongly. */
export function InterventionEditor({
  runId,
  intervention,
  onChange,
  onRemove,
}: {
  runId: string;
  intervention: SteeringIntervention;
  onChange: (next: SteeringIntervention) => void;
  onRemove: () => void;
}) {
  const { featureIndex, mode, strength } = intervention;
  const { data: feature, error } = useQuery(featureQuery(runId, featureIndex));
  const name = `Feature ${featureIndex}`;
  const p99 = feature && feature.maxActivation > 0 ? percentile(feature.histogram, 0.99) / feature.maxActivation : null;
  return (
    <div role="group" aria-label={name} className="rounded-md border border-line bg-sunken p-2.5">
      <div className="flex items-center gap-2">
        <span className="numeric font-mono text-xs text-ink-3">{featureIndex}</span>
        <Link
          href={`/runs/${runId}/features/${featureIndex}`}
          className="min-w-0 flex-1 truncate font-medium hover:underline"
        >
          {feature ? (feature.userLabel?.text ?? feature.label?.text ?? 'No label') : error ? error.message : 'Loading'}
        </Link>
        {feature && (
          <span className="shrink-0 text-xs text-ink-3">
            max <Quantity value={feature.maxActivation} />
          </span>
        )}
        <IconButton label={`Remove feature ${featureIndex}`} className="size-7" onClick={onRemove}>
          <X size={14} aria-hidden />
        </IconButton>
      </div>
      <div className="mt-1.5 grid grid-cols-[minmax(0,1fr)_5rem] items-center gap-x-3 gap-y-2">
        <SelectInput
          aria-label="Mode"
          value={mode}
          onChange={(event) => {
            const next = event.target.value as SteeringMode;
            onChange({ featureIndex, mode: next, strength: defaultStrength[next] });
          }}
        >
          {steeringModes.map((candidate) => (
            <option key={candidate} value={candidate}>
              {definitionOf(candidate).term}
            </option>
          ))}
        </SelectInput>
        {mode !== 'ablate' && (
          <>
            <StrengthInput
              key={mode}
              label="Strength"
              value={strength}
              onChange={(next) => onChange({ featureIndex, mode, strength: next })}
            />
            <div className="col-span-2">
              <StrengthSlider
                label="Strength, as a slider"
                value={strength}
                marks={mode === 'scale' ? scaleMarks : activationMarks(p99)}
                onChange={(next) => onChange({ featureIndex, mode, strength: next })}
              />
            </div>
          </>
        )}
      </div>
      <p className="mt-1 text-xs text-ink-3">{definitionOf(mode).meaning}</p>
    </div>
  );
}

const scaleMarks: StrengthMark[] = [
  { at: 0, name: 'off', meaning: 'Nothing of the feature is left' },
  { at: 1, name: 'unchanged', meaning: 'The feature as it is' },
];

function activationMarks(p99: number | null): StrengthMark[] {
  const marks: StrengthMark[] = [{ at: 0, name: 'zero', meaning: 'No activation' }];
  // Two decimals are what the field shows and what is sent.
  if (p99)
    marks.push({ at: Number(p99.toFixed(2)), name: '99th percentile', meaning: '99 of 100 firings are below it' });
  marks.push({ at: 1, name: 'maximum', meaning: 'The highest activation in the index' });
  return marks;
}

/** Takes what is typed at once when it is a number, and leaves it alone while it is not one yet ("-", "1."). */
function StrengthInput({
  label,
  value,
  onChange,
}: {
  label: string;
  value: number;
  onChange: (value: number) => void;
}) {
  const [text, setText] = useState(String(value));
  const shown = Number(text) === value ? text : String(value);
  const [typing, setTyping] = useState(false);
  return (
    <NumberInput
      aria-label={label}
      aria-invalid={typing && (text.trim() === '' || !Number.isFinite(Number(text)))}
      value={typing ? text : shown}
      onFocus={() => {
        setText(String(value));
        setTyping(true);
      }}
      onBlur={() => setTyping(false)}
      onChange={(event) => {
        setText(event.target.value);
        const next = Number(event.target.value);
        if (event.target.value.trim() !== '' && Number.isFinite(next)) onChange(Math.max(-100, Math.min(100, next)));
      }}
    />
  );
}
