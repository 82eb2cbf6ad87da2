'use client';

import { decompositionKinds, type Model } from '@featurescope/contracts';
import type { ReactNode } from 'react';
import { RunNameField } from '../new-run/RunNameField.tsx';
import { definitionOf } from '../ui/definitions.ts';
import { Field, NumberInput } from '../ui/Field.tsx';
import { Panel } from '../ui/Panel.tsx';
import { type BaselineDraft, type BaselineErrors, type BaselineSubject, withKind } from './baseline-draft.ts';
import { ConceptFields } from './ConceptFields.tsx';
import { NumberField } from './NumberField.tsx';
import { SignsChoice } from './SignsChoice.tsx';

export interface BaselineCardProps {
  draft: BaselineDraft;
  errors: BaselineErrors;
  change: (changes: Partial<BaselineDraft>) => void;
}

/** Which classical decomposition, and what it needs. */
export function BaselineCard({
  model,
  aside,
  ...card
}: BaselineCardProps & { model: Model | undefined; aside: ReactNode }) {
  const { draft, change } = card;
  return (
    <Panel title="Dictionary" aside={aside}>
      <fieldset>
        <legend className="mb-1 font-medium">Classical baselines</legend>
        <div className="grid gap-2 sm:grid-cols-2">
          {decompositionKinds.map((kind) => (
            <label
              key={kind}
              className="flex cursor-pointer items-start gap-2 rounded-md border border-line px-3 py-2 hover:bg-hover has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:outline-accent"
            >
              <input
                type="radio"
                name="baseline"
                className="mt-1 accent-accent"
                checked={draft.kind === kind}
                onChange={() => change(withKind(draft, kind))}
              />
              <span>
                <span className="block font-medium">{definitionOf(kind).term}</span>
                <span className="block text-xs text-ink-2">{definitionOf(kind).meaning}</span>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      <KindFields {...card} model={model} />
    </Panel>
  );
}

function KindFields({ model, ...card }: BaselineCardProps & { model: Model | undefined }) {
  const { kind } = card.draft;
  const kept = 'Left empty, all of them count on every token';
  if (kind === 'meanDifference' || kind === 'cav') return <ConceptFields {...card} />;
  return (
    <div className="mt-4 grid gap-x-4 sm:grid-cols-2">
      {(kind === 'pca' || kind === 'ica' || kind === 'nmf') && (
        <NumberField
          {...card}
          field="nComponents"
          label="Components"
          hint={kind === 'nmf' ? 'One latent each' : poles(model)}
        />
      )}
      {kind === 'random' && (
        <NumberField {...card} field="nDirections" label="Directions" hint="As many as the dictionary beside it" />
      )}
      {kind === 'nmf' ? (
        <SignsChoice {...card} />
      ) : (
        <NumberField {...card} field="k" label="Largest kept" term="keptComponents" hint={kept} />
      )}
    </div>
  );
}

const poles = (model: Model | undefined) =>
  `Two latents each, one a sign${model ? `; the residual stream has ${model.dModel} dimensions` : ''}`;

/** How much is read, the seed and the name: what training has a card for. */
export function SampleCard({
  draft,
  errors,
  change,
  subject,
  changeSubject,
}: BaselineCardProps & {
  subject: BaselineSubject;
  changeSubject: (changes: Partial<Pick<BaselineSubject, 'name' | 'seed'>>) => void;
}) {
  return (
    <Panel title="Sample">
      <div className="grid gap-x-4 sm:grid-cols-2">
        <RunNameField name={subject.name} error={errors.name} onChange={(name) => changeSubject({ name })} />
        {draft.kind !== 'neurons' && (
          <NumberField
            {...{ draft, errors, change }}
            field="nTokens"
            label="Tokens"
            term="fitTokens"
            hint="At most those of the dataset, once"
          />
        )}
        <Field label="Seed" term="seed" error={errors.seed}>
          {(control) => (
            <NumberInput
              {...control}
              value={subject.seed}
              onChange={(event) => changeSubject({ seed: event.target.value })}
            />
          )}
        </Field>
      </div>
    </Panel>
  );
}
