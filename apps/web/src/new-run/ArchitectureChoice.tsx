'use client';

import { type Architecture, architectures } from '@featurescope/contracts';
import { definitionOf } from '../ui/definitions.ts';
import type { CardProps } from './card-props.ts';
import { choiceStyle } from './choice-style.ts';

/** One architecture with a sentence on each; of a sweep, several. */
export function ArchitectureChoice({ draft, errors, change }: CardProps) {
  const chosen = new Set(draft.architectures);
  const toggled = (architecture: Architecture) => {
    if (!draft.isSweep) return [architecture];
    // In the order of the form, whatever the order of the clicks.
    return architectures.filter((known) => (known === architecture ? !chosen.has(known) : chosen.has(known)));
  };
  return (
    <fieldset>
      <legend className="mb-1 font-medium">{draft.isSweep ? 'Architectures' : 'Architecture'}</legend>
      <div className="grid gap-2 sm:grid-cols-2">
        {architectures.map((architecture) => (
          <label key={architecture} className={choiceStyle}>
            <input
              type={draft.isSweep ? 'checkbox' : 'radio'}
              name="architecture"
              className="mt-1 accent-accent"
              checked={chosen.has(architecture)}
              onChange={() => change({ architectures: toggled(architecture) })}
            />
            <span className="min-w-0">
              <span className="block font-medium">{definitionOf(architecture).term}</span>
              <span className="block text-xs text-ink-2">{definitionOf(architecture).meaning}</span>
            </span>
          </label>
        ))}
      </div>
      {errors.architectures && <p className="mt-1 text-xs text-bad">{errors.architectures}</p>}
    </fieldset>
  );
}
