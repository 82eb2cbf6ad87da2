import type { ReactNode } from 'react';
import type { TermName } from '../ui/definitions.ts';
import { Field, NumberInput, SelectInput } from '../ui/Field.tsx';
import { checkGenerator, type GeneratorDraft } from './generator-draft.ts';

type NumberField = {
  [Key in keyof GeneratorDraft]: GeneratorDraft[Key] extends string
    ? string extends GeneratorDraft[Key]
      ? Key
      : never
    : never;
}[keyof GeneratorDraft];

type ChoiceField = 'directions' | 'activity' | 'magnitude' | 'structure' | 'output';

/** The inputs of a generator's card. */
export interface GeneratorControls {
  generator: GeneratorDraft;
  set: (changes: Partial<GeneratorDraft>) => void;
  number: (field: NumberField, label: string, more?: { hint?: ReactNode; term?: TermName }) => ReactNode;
  choice: <Key extends ChoiceField>(
    field: Key,
    label: string,
    more: { options: [GeneratorDraft[Key], string][]; term?: TermName },
  ) => ReactNode;
}

export function generatorControls(
  generator: GeneratorDraft,
  onChange: (generator: GeneratorDraft) => void,
): GeneratorControls {
  const { errors } = checkGenerator(generator);
  const set = (changes: Partial<GeneratorDraft>) => onChange({ ...generator, ...changes });
  return {
    generator,
    set,
    number: (field, label, { hint, term } = {}) => (
      <Field key={field} label={label} term={term} error={errors[field]} hint={hint}>
        {(control) => (
          <NumberInput
            {...control}
            value={generator[field]}
            onChange={(event) => set({ [field]: event.target.value })}
          />
        )}
      </Field>
    ),
    choice: (field, label, { options, term }) => (
      <Field label={label} term={term} error={errors[field]}>
        {(control) => (
          <SelectInput
            {...control}
            value={generator[field]}
            onChange={(event) => set({ [field]: event.target.value } as Partial<GeneratorDraft>)}
          >
            {options.map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </SelectInput>
        )}
      </Field>
    ),
  };
}

/** Stands beside inputs that have a label above and a hint below. */
export const besideInputs = 'pb-5 sm:pt-6';
