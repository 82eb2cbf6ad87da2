'use client';

import { type Model, maxInterventions, type Run } from '@featurescope/contracts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Play } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { createSteering } from '../api/commands.ts';
import { Button } from '../ui/Button.tsx';
import { Checkbox } from '../ui/Checkbox.tsx';
import { Field, NumberInput, SelectInput, TextInput } from '../ui/Field.tsx';
import { Panel } from '../ui/Panel.tsx';
import { InlineError } from '../ui/States.tsx';
import { checkSteering, defaultStrength, type SteeringDraft } from './draft.ts';
import { FeaturePicker } from './FeaturePicker.tsx';
import { InterventionEditor } from './InterventionEditor.tsx';
import { isSteerable } from './steerable.ts';

/** Prompt, features and sampling; running it opens a new experiment. */
export function SteeringForm({
  runs,
  models,
  initial,
  title,
}: {
  runs: Run[];
  models: Model[];
  initial: SteeringDraft;
  title: string;
}) {
  const router = useRouter();
  const client = useQueryClient();
  const [draft, setDraft] = useState(initial);
  const change = (changes: Partial<SteeringDraft>) => setDraft((known) => ({ ...known, ...changes }));
  const { request, errors } = checkSteering(draft);
  const run = runs.find((candidate) => candidate.id === draft.runId);
  const start = useMutation({
    mutationFn: createSteering,
    onSuccess: ({ id }) => {
      void client.invalidateQueries({ queryKey: ['steering'] });
      router.push(`/steering/${id}`);
    },
  });
  const refusal =
    run && !isSteerable(run, models)
      ? `Features of ${run.hookName} can be read but not steered: only hook_resid_pre and hook_resid_post can be changed.`
      : (errors.interventions ?? errors.prompt ?? Object.values(errors)[0]);
  const setIntervention = (at: number, next: (typeof draft.interventions)[number] | null) =>
    change({ interventions: draft.interventions.flatMap((known, i) => (i === at ? (next ? [next] : []) : [known])) });
  return (
    <Panel title={title}>
      <form
        className="flex flex-col gap-1"
        onSubmit={(event) => {
          event.preventDefault();
          if (request && !start.isPending) start.mutate(request);
        }}
      >
        <Field label="Run" steady={false}>
          {(control) => (
            <SelectInput
              {...control}
              value={draft.runId}
              onChange={(event) => change({ runId: event.target.value, interventions: [] })}
            >
              {runs.map((candidate) => (
                <option key={candidate.id} value={candidate.id}>
                  {candidate.name}
                </option>
              ))}
            </SelectInput>
          )}
        </Field>
        <Field label="Prompt" steady={false} className="mt-2 mb-3">
          {(control) => (
            <textarea
              {...control}
              value={draft.prompt}
              maxLength={10_000}
              rows={3}
              placeholder="The model goes on from here"
              onChange={(event) => change({ prompt: event.target.value })}
              className="w-full resize-y rounded-md border border-line-strong bg-surface p-2.5 text-sm"
            />
          )}
        </Field>
        <div role="group" aria-label="Features" className="mb-3 flex flex-col gap-2">
          <span className="font-medium">Features</span>
          {draft.interventions.map((intervention, i) => (
            <InterventionEditor
              key={`${draft.runId}-${intervention.featureIndex}`}
              runId={draft.runId}
              intervention={intervention}
              onChange={(next) => setIntervention(i, next)}
              onRemove={() => setIntervention(i, null)}
            />
          ))}
          {draft.interventions.length < maxInterventions && (
            <FeaturePicker
              key={draft.runId}
              runId={draft.runId}
              taken={draft.interventions.map((intervention) => intervention.featureIndex)}
              onPick={(featureIndex) =>
                change({
                  interventions: [
                    ...draft.interventions,
                    { featureIndex, mode: 'clamp', strength: defaultStrength.clamp },
                  ],
                })
              }
            />
          )}
        </div>
        <div className="grid grid-cols-3 gap-x-3">
          <Field label="Tokens" error={errors.nTokens}>
            {(control) => (
              <NumberInput
                {...control}
                value={draft.nTokens}
                onChange={(event) => change({ nTokens: event.target.value })}
              />
            )}
          </Field>
          <Field label="Temperature" term="temperature" error={errors.temperature}>
            {(control) => (
              <NumberInput
                {...control}
                value={draft.temperature}
                onChange={(event) => change({ temperature: event.target.value })}
              />
            )}
          </Field>
          <Field label="Seed" term="seed" error={errors.seed}>
            {(control) => (
              <NumberInput {...control} value={draft.seed} onChange={(event) => change({ seed: event.target.value })} />
            )}
          </Field>
        </div>
        <details className="mb-2">
          <summary className="text-ink-2 hover:text-ink">More: where to intervene, control, name</summary>
          <div className="mt-2 grid gap-x-3 sm:grid-cols-2">
            <Field label="Positions">
              {(control) => (
                <SelectInput
                  {...control}
                  value={draft.positions}
                  onChange={(event) => change({ positions: event.target.value as SteeringDraft['positions'] })}
                >
                  <option value="all">Prompt and generated text</option>
                  <option value="prompt">Prompt only</option>
                  <option value="generated">Generated text only</option>
                </SelectInput>
              )}
            </Field>
            <Field label="Name" error={errors.name}>
              {(control) => (
                <TextInput
                  {...control}
                  maxLength={200}
                  value={draft.name}
                  onChange={(event) => change({ name: event.target.value })}
                />
              )}
            </Field>
          </div>
          <Checkbox
            className="min-h-8"
            checked={draft.onlyWhereActive}
            onChange={(onlyWhereActive) => change({ onlyWhereActive })}
          >
            Only where the feature already fires
          </Checkbox>
          <Checkbox className="min-h-8" checked={draft.control} onChange={(control) => change({ control })}>
            Run a control beside it: a random direction of the same length
          </Checkbox>
        </details>
        <div className="flex flex-wrap items-center gap-3">
          <Button
            type="submit"
            kind="primary"
            className="h-9"
            disabled={!request || refusal !== undefined || start.isPending}
            aria-describedby="steering-reason"
          >
            <Play size={14} aria-hidden />
            {start.isPending ? 'Starting' : 'Run steering'}
          </Button>
          <p id="steering-reason" className="min-w-0 flex-1 basis-48 text-xs text-ink-2">
            {refusal}
          </p>
        </div>
        {start.isError && <InlineError title="The experiment was not started." error={start.error} />}
      </form>
    </Panel>
  );
}
