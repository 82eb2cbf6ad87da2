'use client';

import { architectures, type CreateSweep, type Model } from '@featurescope/contracts';
import type { ReactNode } from 'react';
import { classNames } from '../ui/class-names.ts';
import { definitionOf } from '../ui/definitions.ts';
import { Field, NumberInput } from '../ui/Field.tsx';
import { Panel } from '../ui/Panel.tsx';
import type { CardProps } from './card-props.ts';
import { applyPreset, matchesPreset, parseNumber, presets, withLearningRate } from './draft.ts';
import { beginSweep, endSweep } from './sweep-draft.ts';
import { VariantsTable } from './VariantsTable.tsx';

export function DictionaryCard({
  draft,
  errors,
  change,
  model,
  sweep,
  aside,
}: CardProps & { model: Model | undefined; sweep: CreateSweep | null; aside: ReactNode }) {
  const expansion = model && parseNumber(draft.nLatents) / model.dModel;
  const several = draft.isSweep ? 'Several values, such as ' : null;
  return (
    <Panel title="Dictionary" aside={aside}>
      <div role="group" aria-label="Presets" className="mb-4 flex flex-wrap gap-2">
        {presets.map((preset) => {
          const on = matchesPreset(draft, preset, model);
          return (
            <button
              key={preset.id}
              type="button"
              aria-pressed={on}
              onClick={() => change(applyPreset(draft, preset, model))}
              className={classNames(
                'min-w-40 flex-1 rounded-md border px-3 py-2 text-left',
                on ? 'border-accent bg-accent-soft' : 'border-line hover:bg-hover',
              )}
            >
              <span className="block font-medium">{preset.label}</span>
              <span className="block text-xs text-ink-2">{preset.meaning}</span>
            </button>
          );
        })}
      </div>
      <fieldset>
        <legend className="mb-1 font-medium">Architecture</legend>
        <div className="grid gap-2 sm:grid-cols-2">
          {architectures.map((architecture) => (
            <label
              key={architecture}
              className="flex cursor-pointer items-start gap-2 rounded-md border border-line px-3 py-2 hover:bg-hover has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:outline-accent"
            >
              <input
                type="radio"
                name="architecture"
                className="mt-1 accent-accent"
                checked={draft.architecture === architecture}
                onChange={() => change(withLearningRate(draft, { architecture }))}
              />
              <span>
                <span className="block font-medium">{definitionOf(architecture).term}</span>
                <span className="block text-xs text-ink-2">{definitionOf(architecture).meaning}</span>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      <div className="mt-4 grid gap-x-4 sm:grid-cols-2">
        <Field
          label="Latents"
          term="nLatents"
          error={errors.nLatents}
          hint={
            several
              ? `${several}1024, 2048`
              : expansion && Number.isFinite(expansion)
                ? `${Number(expansion.toPrecision(3))} × the ${model.dModel} dimensions of the model`
                : undefined
          }
        >
          {(control) => (
            <NumberInput
              {...control}
              value={draft.nLatents}
              onChange={(event) => change(withLearningRate(draft, { nLatents: event.target.value }))}
            />
          )}
        </Field>
        {draft.architecture === 'topk' ? (
          <Field
            label="k"
            term="k"
            error={errors.k}
            hint={several ? `${several}16, 32, 64` : '16 to 64 suits most models'}
          >
            {(control) => (
              <NumberInput {...control} value={draft.k} onChange={(event) => change({ k: event.target.value })} />
            )}
          </Field>
        ) : (
          <Field
            label="L1 coefficient"
            term="l1Coefficient"
            error={errors.l1Coefficient}
            hint={several ? `${several}0.5, 1, 2` : 'Higher is sparser'}
          >
            {(control) => (
              <NumberInput
                {...control}
                value={draft.l1Coefficient}
                onChange={(event) => change({ l1Coefficient: event.target.value })}
              />
            )}
          </Field>
        )}
      </div>
      <label className="mt-1 flex cursor-pointer items-start gap-2">
        <input
          type="checkbox"
          className="mt-0.5 size-4 accent-accent"
          checked={draft.isSweep}
          onChange={(event) => change(event.target.checked ? beginSweep(draft) : endSweep(draft))}
        />
        <span>
          <span className="block font-medium">Sweep</span>
          <span className="block text-xs text-ink-2">
            Trains a dictionary for every combination of several values. The model is run once for all of them.
          </span>
        </span>
      </label>
      {sweep && <VariantsTable sweep={sweep} />}
    </Panel>
  );
}
