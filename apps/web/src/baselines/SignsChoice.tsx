'use client';

import { Field, SelectInput } from '../ui/Field.tsx';
import type { BaselineCardProps } from './BaselineCard.tsx';

/** What becomes of activations below zero, which the method has no place for. */
export function SignsChoice({ draft, errors, change }: BaselineCardProps) {
  return (
    <Field
      label="Negative activations"
      term="signs"
      error={errors.signs}
      hint="The residual stream has as many below 0 as above"
    >
      {(control) => (
        <SelectInput
          {...control}
          value={draft.signs}
          onChange={(event) => change({ signs: event.target.value as typeof draft.signs })}
        >
          <option value="split">Split each dimension into its two signs</option>
          <option value="refuse">Stop, and say how many there are</option>
        </SelectInput>
      )}
    </Field>
  );
}
