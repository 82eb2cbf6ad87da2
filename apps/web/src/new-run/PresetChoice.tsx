'use client';

import { type Preset, presetSchema } from '@featurescope/contracts';
import { Term } from '../ui/Term.tsx';
import type { CardProps } from './card-props.ts';
import { choiceStyle } from './choice-style.ts';

const meanings: Record<Preset, { title: string; meaning: string }> = {
  featurescope: {
    title: 'featurescope',
    meaning:
      'What works best here: activations are scaled to one mean length, decoder directions are kept at length 1, the learning rate warms up and decays.',
  },
  saelens: {
    title: 'SAELens',
    meaning:
      'The defaults of SAELens 6.54.12, to compare with dictionaries trained there: activations as they are, so that coefficients depend on their length, and free decoder lengths.',
  },
};

/** Which values everything takes that the form does not ask for. */
export function PresetChoice({ draft, change }: Pick<CardProps, 'draft' | 'change'>) {
  return (
    <fieldset className="mb-3 sm:col-span-2">
      <legend className="mb-1 font-medium">
        <Term name="preset" />
      </legend>
      <div className="grid gap-2 sm:grid-cols-2">
        {presetSchema.options.map((preset) => (
          <label key={preset} className={choiceStyle}>
            <input
              type="radio"
              name="preset"
              className="mt-1 accent-accent"
              checked={draft.preset === preset}
              onChange={() => change({ preset })}
            />
            <span className="min-w-0">
              <span className="block font-medium">{meanings[preset].title}</span>
              <span className="block text-xs text-ink-2">{meanings[preset].meaning}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
