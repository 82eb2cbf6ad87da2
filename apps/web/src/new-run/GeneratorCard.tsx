'use client';

import type { ReactNode } from 'react';
import { classNames } from '../ui/class-names.ts';
import type { TermName } from '../ui/definitions.ts';
import { Field, NumberInput, SelectInput } from '../ui/Field.tsx';
import { Panel } from '../ui/Panel.tsx';
import { Term } from '../ui/Term.tsx';
import type { CardProps } from './card-props.ts';
import { checkGenerator, type GeneratorDraft } from './generator-draft.ts';
import { applySyntheticPreset, generatorOf, matchesSyntheticPreset, syntheticPresets } from './synthetic-draft.ts';

type NumberField = {
  [Key in keyof GeneratorDraft]: GeneratorDraft[Key] extends string
    ? string extends GeneratorDraft[Key]
      ? Key
      : never
    : never;
}[keyof GeneratorDraft];

/** What synthetic samples are made of. */
export function GeneratorCard({ draft, change }: Pick<CardProps, 'draft' | 'change'>) {
  const generator = generatorOf(draft);
  const { errors } = checkGenerator(generator);
  const set = (changes: Partial<GeneratorDraft>) => change({ generator: { ...generator, ...changes } });
  const number = (field: NumberField, label: string, { hint, term }: { hint?: ReactNode; term?: TermName } = {}) => (
    <Field key={field} label={label} term={term} error={errors[field]} hint={hint}>
      {(control) => (
        <NumberInput {...control} value={generator[field]} onChange={(event) => set({ [field]: event.target.value })} />
      )}
    </Field>
  );
  function choice<Key extends 'directions' | 'activity' | 'magnitude' | 'structure'>(
    field: Key,
    label: string,
    { options, term }: { options: [GeneratorDraft[Key], string][]; term?: TermName },
  ) {
    return (
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
    );
  }
  return (
    <Panel title="What the samples are made of">
      <p className="mb-3 text-ink-2">
        Each sample is a sum of a few <Term name="truth">truths</Term>, known directions. The dictionary sees only the
        sums; afterwards its latents are compared with the truths.
      </p>
      <div role="group" aria-label="Worlds" className="mb-4 flex flex-wrap gap-2">
        {syntheticPresets.map((preset) => {
          const on = matchesSyntheticPreset(draft, preset);
          return (
            <button
              key={preset.id}
              type="button"
              aria-pressed={on}
              onClick={() => change(applySyntheticPreset(preset))}
              className={classNames(
                'flex min-w-52 flex-1 flex-col rounded-md border px-3 py-2 text-left',
                on ? 'border-accent bg-accent-soft' : 'border-line hover:bg-hover',
              )}
            >
              <span className="block font-medium">{preset.label}</span>
              <span className="block text-xs text-ink-2">{preset.meaning}</span>
            </button>
          );
        })}
      </div>
      <div className="grid gap-x-4 gap-y-3 sm:grid-cols-3">
        {number('nTruths', 'Truths', { term: 'truth' })}
        {number('dModel', 'Dimensions', { hint: 'Values of a sample' })}
        {choice('directions', 'Directions', {
          term: 'truthDirections',
          options: [
            ['random', 'Random'],
            ['orthogonalised', 'Pushed apart'],
          ],
        })}
        {choice('activity', 'Active in a sample', {
          options: [
            ['range', 'From a range'],
            ['independent', 'By a probability'],
          ],
        })}
        {generator.activity === 'range' ? (
          <>
            {number('activeMin', 'At least')}
            {number('activeMax', 'At most')}
          </>
        ) : (
          <>
            {number('probability', 'Probability', { hint: 'Of the first truth' })}
            {number('decay', 'Decay', { hint: '0: all alike; 1: the tenth a tenth as often' })}
          </>
        )}
        {choice('magnitude', 'Magnitude', {
          options: [
            ['uniform', 'Uniform'],
            ['normal', 'Normal, floored at 0'],
          ],
        })}
        {generator.magnitude === 'uniform' ? (
          <>
            {number('magnitudeMin', 'From')}
            {number('magnitudeMax', 'To')}
          </>
        ) : (
          <>
            {number('magnitudeMean', 'Mean')}
            {number('magnitudeDeviation', 'Standard deviation')}
          </>
        )}
        {choice('structure', 'Between truths', {
          term: generator.structure === 'hierarchy' ? 'truthHierarchy' : 'truthCorrelation',
          options: [
            ['none', 'Nothing'],
            ['correlation', 'Correlation in groups'],
            ['hierarchy', 'Hierarchy'],
          ],
        })}
        {generator.structure === 'correlation' && (
          <>
            {number('groupSize', 'Truths in a group')}
            {number('strength', 'Correlation', { hint: '0 to 0.999' })}
          </>
        )}
        {generator.structure === 'hierarchy' && (
          <>
            {number('nRoots', 'Roots')}
            {number('nChildren', 'Children of each')}
            {number('depth', 'Levels below the roots')}
            {number('childProbability', 'Probability of a child', { hint: 'Given that its parent is active' })}
            <Check checked={generator.exclusive} onChange={(exclusive) => set({ exclusive })}>
              Children exclude each other
            </Check>
          </>
        )}
      </div>
      <div className="grid gap-x-4 gap-y-3 sm:grid-cols-3">
        <Check checked={generator.isFinite} onChange={(repeats) => set({ isFinite: repeats })}>
          Training samples repeat
        </Check>
        {generator.isFinite && number('nSamples', 'Training samples', { hint: 'Training goes through them again' })}
        {number('nEvaluationSamples', 'Fresh samples to measure on')}
        {number('seed', 'Seed of the data', { hint: 'Of truths and samples' })}
      </div>
    </Panel>
  );
}

function Check({
  checked,
  onChange,
  children,
}: {
  checked: boolean;
  onChange: (checked: boolean) => void;
  children: ReactNode;
}) {
  return (
    <label className="flex cursor-pointer items-center gap-2 pb-5 sm:pt-6">
      <input
        type="checkbox"
        className="size-4 accent-accent"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
      />
      {children}
    </label>
  );
}
