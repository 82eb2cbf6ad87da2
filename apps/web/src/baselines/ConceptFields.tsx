'use client';

import { minConceptExamples } from '@featurescope/contracts';
import type { TermName } from '../ui/definitions.ts';
import { Field, inputStyle, TextInput } from '../ui/Field.tsx';
import { SegmentedControl } from '../ui/SegmentedControl.tsx';
import { Term } from '../ui/Term.tsx';
import type { BaselineCardProps } from './BaselineCard.tsx';
import { lines } from './baseline-draft.ts';
import { NumberField } from './NumberField.tsx';

/** A user's own examples, and for a CAV what it is tested with. */
export function ConceptFields(card: BaselineCardProps) {
  const { draft, change } = card;
  return (
    <div className="mt-4 flex flex-col gap-2">
      <div className="grid gap-x-4 sm:grid-cols-2">
        <TextsField {...card} field="positiveExamples" label="Positive examples" hint="that show the concept" />
        <TextsField {...card} field="negativeExamples" label="Negative examples" hint="like them, without it" />
      </div>
      <div className="grid items-start gap-x-4 gap-y-2 sm:grid-cols-2">
        <div>
          <p className="mb-1 font-medium">
            <Term name="pooling">What stands for a text</Term>
          </p>
          <SegmentedControl
            label="What stands for a text"
            value={draft.pooling}
            options={[
              { value: 'mean', label: 'Mean of its tokens' },
              { value: 'last', label: 'Last token' },
            ]}
            onChange={(pooling) => change({ pooling })}
          />
        </div>
        {draft.kind === 'cav' && (
          <NumberField
            {...card}
            field="regularization"
            label="C"
            term="regularization"
            hint="Smaller is smoother; with few examples stay below 1"
          />
        )}
      </div>
      {draft.kind === 'cav' && <TcavFields {...card} />}
    </div>
  );
}

function TcavFields(card: BaselineCardProps) {
  const { draft, errors, change } = card;
  return (
    <>
      <label className="flex cursor-pointer items-start gap-2">
        <input
          type="checkbox"
          className="mt-0.5 size-4 accent-accent"
          checked={draft.tests}
          onChange={(event) => change({ tests: event.target.checked })}
        />
        <span>
          <span className="block font-medium">Test it on an output (TCAV)</span>
          <span className="block text-xs text-ink-2">
            Does the concept make the model likelier to say certain words? Measured by small steps along the direction,
            beside random directions.
          </span>
        </span>
      </label>
      {draft.tests && (
        <div className="grid gap-x-4 sm:grid-cols-2">
          <TextsField {...card} field="inputs" label="Inputs" term="tcavInputs" hint="each ends before the word" />
          <div>
            <Field
              label="Words"
              term="tcavTargets"
              error={errors.targets}
              hint="Between commas; each is read with a space before it"
            >
              {(control) => (
                <TextInput
                  {...control}
                  value={draft.targets}
                  onChange={(event) => change({ targets: event.target.value })}
                />
              )}
            </Field>
            <NumberField {...card} field="nRepeats" label="Repeats" term="tcavRepeats" hint="10 to 30 will do" />
          </div>
        </div>
      )}
    </>
  );
}

function TextsField({
  draft,
  errors,
  change,
  field,
  label,
  term,
  hint,
}: BaselineCardProps & {
  field: 'positiveExamples' | 'negativeExamples' | 'inputs';
  label: string;
  term?: TermName;
  hint: string;
}) {
  const count = lines(draft[field]).length;
  const counted = count === 0 ? `at least ${minConceptExamples}` : `${count} so far`;
  return (
    <Field label={label} term={term} error={errors[field]} hint={`One text a line, ${hint}: ${counted}`}>
      {(control) => (
        <textarea
          {...control}
          rows={6}
          className={`${inputStyle} h-auto py-1.5 leading-snug`}
          value={draft[field]}
          onChange={(event) => change({ [field]: event.target.value })}
        />
      )}
    </Field>
  );
}
