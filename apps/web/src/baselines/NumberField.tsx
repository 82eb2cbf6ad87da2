'use client';

import type { TermName } from '../ui/definitions.ts';
import { Field, NumberInput } from '../ui/Field.tsx';
import type { BaselineCardProps } from './BaselineCard.tsx';

type NumberFieldName = 'nComponents' | 'nDirections' | 'k' | 'regularization' | 'nRepeats' | 'nTokens';

export function NumberField({
  draft,
  errors,
  change,
  field,
  ...labels
}: BaselineCardProps & { field: NumberFieldName; label: string; term?: TermName; hint?: string }) {
  return (
    <Field {...labels} error={errors[field]}>
      {(control) => (
        <NumberInput {...control} value={draft[field]} onChange={(event) => change({ [field]: event.target.value })} />
      )}
    </Field>
  );
}
