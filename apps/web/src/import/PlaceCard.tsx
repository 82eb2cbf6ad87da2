'use client';

import type { DictionaryInspection, Model } from '@featurescope/contracts';
import { hookMeaning } from '../models/hook-stack.ts';
import { Field, SelectInput } from '../ui/Field.tsx';
import { Panel } from '../ui/Panel.tsx';

interface PlaceCardProps {
  models: Model[];
  modelId: string;
  inspection: DictionaryInspection | undefined;
  hookName: string | undefined;
  onModel: (modelId: string) => void;
  onHook: (hookName: string) => void;
}

/** Which model and which place in it the dictionary reads. */
export function PlaceCard({ models, modelId, inspection, hookName, onModel, onHook }: PlaceCardProps) {
  const model = models.find((candidate) => candidate.id === modelId);
  const problem = (field: 'modelId' | 'hookName') => inspection?.problems.find((one) => one.field === field)?.message;
  const hook = inspection?.hooks.find((candidate) => candidate.name === hookName);
  const origin = hook && hook.name === inspection?.suggestedHookName ? originOf(hook.name, inspection) : undefined;
  return (
    <Panel title="Where it belongs">
      <Field
        label="Model"
        error={problem('modelId')}
        hint={model && `${model.nLayers} blocks, ${model.dModel} dimensions`}
      >
        {(control) => (
          <SelectInput {...control} value={modelId} onChange={(event) => onModel(event.target.value)}>
            {models.map((candidate) => (
              <option key={candidate.id} value={candidate.id}>
                {candidate.name}
              </option>
            ))}
          </SelectInput>
        )}
      </Field>
      <Field
        label="Hook point"
        term="hook"
        className="mt-2"
        error={problem('hookName')}
        hint={
          hook
            ? [hookMeaning(hook.name), hook.steerable ? 'can be steered' : 'reading only', origin]
                .filter(Boolean)
                .join(' · ')
            : unchosenHint(inspection)
        }
      >
        {(control) => (
          <SelectInput
            {...control}
            value={hook ? hook.name : ''}
            disabled={!inspection || inspection.hooks.length === 0}
            onChange={(event) => onHook(event.target.value)}
          >
            {!hook && <option value="">Choose a hook point</option>}
            {inspection?.hooks.map((candidate) => (
              <option key={candidate.name} value={candidate.name}>
                {candidate.name}
              </option>
            ))}
          </SelectInput>
        )}
      </Field>
    </Panel>
  );
}

function unchosenHint(inspection: DictionaryInspection | undefined): string | undefined {
  if (!inspection) return 'Choose the files first: they say how wide the place is, and often which it is.';
  return inspection.hooks.length > 0
    ? 'Choose the place that it was trained on.'
    : 'No place of this model is that wide.';
}

const originOf = (name: string, inspection: DictionaryInspection) =>
  name === inspection.hookName ? 'named by its files' : 'told from its folder';
