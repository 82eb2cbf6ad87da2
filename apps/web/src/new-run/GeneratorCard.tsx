'use client';

import type { ReactNode } from 'react';
import { Checkbox } from '../ui/Checkbox.tsx';
import { classNames } from '../ui/class-names.ts';
import { Panel } from '../ui/Panel.tsx';
import { Term } from '../ui/Term.tsx';
import type { CardProps } from './card-props.ts';
import { besideInputs, type GeneratorControls, generatorControls } from './generator-controls.tsx';
import type { GeneratorDraft } from './generator-draft.ts';
import { SumsFields } from './SumsFields.tsx';
import { applySyntheticPreset, generatorOf, matchesSyntheticPreset, syntheticPresets } from './synthetic-draft.ts';
import { ClassesFields, SuperpositionFields } from './ToyWorldFields.tsx';

const kinds: Record<
  GeneratorDraft['kind'],
  { meaning: ReactNode; Fields: (controls: GeneratorControls) => ReactNode }
> = {
  sums: {
    meaning: (
      <>
        Each sample is a sum of a few <Term name="truth">truths</Term>, known directions. The dictionary sees only the
        sums; afterwards its latents are compared with the truths.
      </>
    ),
    Fields: SumsFields,
  },
  superposition: {
    meaning: (
      <>
        A toy model learns to pass its features through fewer dimensions, as on the Lab’s page. The samples are what it
        has in those dimensions, and the <Term name="truth">truths</Term> are the directions of the features that it
        keeps.
      </>
    ),
    Fields: SuperpositionFields,
  },
  classes: {
    meaning: (
      <>
        A small classifier learns to tell clusters of points apart. The samples are its hidden activations, and each
        class is a <Term name="truth">truth</Term>: the direction of its mean.
      </>
    ),
    Fields: ClassesFields,
  },
};

/** What synthetic samples are made of. */
export function GeneratorCard({ draft, change }: Pick<CardProps, 'draft' | 'change'>) {
  const generator = generatorOf(draft);
  const controls = generatorControls(generator, (changed) => change({ generator: changed }));
  const { set, number } = controls;
  const { meaning, Fields } = kinds[generator.kind];
  return (
    <Panel title="What the samples are made of">
      <div role="group" aria-label="Worlds" className="mb-4 grid gap-2 sm:grid-cols-2">
        {syntheticPresets.map((preset) => {
          const on = matchesSyntheticPreset(draft, preset);
          return (
            <button
              key={preset.id}
              type="button"
              aria-pressed={on}
              onClick={() => change(applySyntheticPreset(preset))}
              className={classNames(
                'flex flex-col rounded-md border px-3 py-2 text-left',
                on ? 'border-accent bg-accent-soft' : 'border-line hover:bg-hover',
              )}
            >
              <span className="block font-medium">{preset.label}</span>
              <span className="block text-xs text-ink-2">{preset.meaning}</span>
            </button>
          );
        })}
      </div>
      <p className="mb-3 text-ink-2">{meaning}</p>
      <div className="grid gap-x-4 gap-y-3 sm:grid-cols-3">
        <Fields {...controls} />
      </div>
      <div className="mt-3 grid gap-x-4 gap-y-3 sm:grid-cols-3">
        <Checkbox
          className={besideInputs}
          checked={generator.isFinite}
          onChange={(repeats) => set({ isFinite: repeats })}
        >
          Training samples repeat
        </Checkbox>
        {generator.isFinite && number('nSamples', 'Training samples', { hint: 'Training goes through them again' })}
        {number('nEvaluationSamples', 'Fresh samples', { hint: 'To measure on' })}
        {number('seed', 'Seed of the data', { hint: 'Of truths and samples' })}
      </div>
    </Panel>
  );
}
