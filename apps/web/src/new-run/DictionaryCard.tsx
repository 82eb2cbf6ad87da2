'use client';

import type { CreateSweep, Model } from '@featurescope/contracts';
import type { ReactNode } from 'react';
import { classNames } from '../ui/class-names.ts';
import { Field, NumberInput } from '../ui/Field.tsx';
import { Panel } from '../ui/Panel.tsx';
import { ArchitectureChoice } from './ArchitectureChoice.tsx';
import { ArchitectureFields } from './ArchitectureFields.tsx';
import type { CardProps } from './card-props.ts';
import { matchesSize, sizeFields, sizes } from './sizes.ts';
import { beginSweep, endSweep } from './sweep-draft.ts';
import { isSyntheticDraft } from './synthetic-draft.ts';
import { parseNumber } from './typed-numbers.ts';
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
  return (
    <Panel title="Dictionary" aside={aside}>
      {/* The worlds of synthetic data bring sizes along. */}
      <div
        role="group"
        aria-label="Sizes"
        className={classNames('mb-4 flex flex-wrap gap-2', isSyntheticDraft(draft) && 'hidden')}
      >
        {sizes.map((size) => {
          const on = matchesSize(draft, size, model);
          return (
            <button
              key={size.id}
              type="button"
              aria-pressed={on}
              onClick={() => change(sizeFields(size, model))}
              className={classNames(
                'min-w-40 flex-1 rounded-md border px-3 py-2 text-left',
                on ? 'border-accent bg-accent-soft' : 'border-line hover:bg-hover',
              )}
            >
              <span className="block font-medium">{size.label}</span>
              <span className="block text-xs text-ink-2">{size.meaning}</span>
            </button>
          );
        })}
      </div>
      <ArchitectureChoice draft={draft} errors={errors} change={change} />
      <div className="mt-4 grid gap-x-4 sm:grid-cols-2">
        <Field
          label="Latents"
          term="nLatents"
          error={errors.nLatents}
          hint={
            draft.isSweep
              ? 'Several values, such as 1024, 2048'
              : expansion && Number.isFinite(expansion)
                ? `${Number(expansion.toPrecision(3))} × the ${model.dModel} dimensions of the model`
                : undefined
          }
        >
          {(control) => (
            <NumberInput
              {...control}
              value={draft.nLatents}
              onChange={(event) => change({ nLatents: event.target.value })}
            />
          )}
        </Field>
        <ArchitectureFields draft={draft} errors={errors} change={change} />
      </div>
      <label className={classNames('mt-1 flex cursor-pointer items-start gap-2', isSyntheticDraft(draft) && 'hidden')}>
        <input
          type="checkbox"
          className="mt-0.5 size-4 accent-accent"
          checked={draft.isSweep}
          onChange={(event) => change(event.target.checked ? beginSweep(draft) : endSweep(draft))}
        />
        <span>
          <span className="block font-medium">Sweep</span>
          <span className="block text-xs text-ink-2">
            Trains a dictionary for every combination of several values, of one or several architectures. The model is
            run once for all of them.
          </span>
        </span>
      </label>
      {sweep && <VariantsTable sweep={sweep} />}
    </Panel>
  );
}
