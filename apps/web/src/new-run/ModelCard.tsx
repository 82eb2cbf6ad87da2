'use client';

import type { Model } from '@featurescope/contracts';
import { Field, SelectInput } from '../ui/Field.tsx';
import { formatNumber } from '../ui/format.ts';
import { Panel } from '../ui/Panel.tsx';
import type { CardProps } from './card-props.ts';
import { HookChoice } from './HookChoice.tsx';

export function ModelCard({ draft, errors, change, models }: CardProps & { models: Model[] }) {
  const model = models.find((candidate) => candidate.id === draft.modelId);
  return (
    <Panel title="What to look at">
      <Field
        label="Model"
        error={errors.modelId}
        hint={
          model &&
          `${formatNumber(model.nParameters)} parameters, ${model.nLayers} blocks, ${model.dModel} dimensions, contexts of ${model.contextSize} tokens`
        }
      >
        {(control) => (
          <SelectInput
            {...control}
            value={draft.modelId}
            onChange={(event) => {
              const next = models.find((candidate) => candidate.id === event.target.value);
              if (next) change({ modelId: next.id, hookName: next.defaultHookName });
            }}
          >
            {models.map((candidate) => (
              <option key={candidate.id} value={candidate.id}>
                {candidate.name}
              </option>
            ))}
          </SelectInput>
        )}
      </Field>
      {model && (
        <HookChoice
          model={model}
          value={draft.hookName}
          error={errors.hookName}
          onChange={(hookName) => change({ hookName })}
        />
      )}
    </Panel>
  );
}
