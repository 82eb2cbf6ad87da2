'use client';

import { SegmentedControl } from '../ui/SegmentedControl.tsx';
import type { CardProps } from './card-props.ts';
import type { Draft } from './draft.ts';
import { isSyntheticDraft, switchSource } from './synthetic-draft.ts';

/** Whether the dictionary learns from a language model or from samples whose truth is known. initial: what suits the model. */
export function SourceSwitch({ draft, change, initial }: Pick<CardProps, 'draft' | 'change'> & { initial: Draft }) {
  const source = isSyntheticDraft(draft) ? 'synthetic' : 'model';
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <SegmentedControl
        label="Source"
        value={source}
        options={[
          { value: 'model', label: 'Language model' },
          { value: 'synthetic', label: 'Synthetic data' },
        ]}
        onChange={(next) => next !== source && change(switchSource(draft, next, initial))}
      />
      <span className="text-xs text-ink-2">
        {source === 'model'
          ? 'Activations of a model while it reads text'
          : 'Known directions behind every sample: no model, and the right answer is known'}
      </span>
    </div>
  );
}
