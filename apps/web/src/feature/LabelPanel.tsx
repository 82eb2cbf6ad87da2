'use client';

import type { FeatureDetail } from '@featurescope/contracts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Pencil } from 'lucide-react';
import { useState } from 'react';
import { explainAgain, saveLabel } from '../api/commands.ts';
import { Button } from '../ui/Button.tsx';
import { Field, TextInput } from '../ui/Field.tsx';
import { Panel } from '../ui/Panel.tsx';
import { Quantity } from '../ui/Quantity.tsx';
import { InlineError } from '../ui/States.tsx';
import { Term } from '../ui/Term.tsx';
import { ConfusionCounts } from './ConfusionCounts.tsx';
import { ScoreBar } from './ScoreBar.tsx';

/** The explainer's label with its score, and beside it one's own. */
export function LabelPanel({
  feature,
  editing,
  setEditing,
}: {
  feature: FeatureDetail;
  editing: boolean;
  setEditing: (editing: boolean) => void;
}) {
  const client = useQueryClient();
  const readAgain = () => {
    void client.invalidateQueries({ queryKey: ['feature', feature.runId, feature.index] });
    void client.invalidateQueries({ queryKey: ['features', feature.runId] });
  };
  const again = useMutation({ mutationFn: () => explainAgain(feature.runId, feature.index), onSuccess: readAgain });
  const { label } = feature;
  return (
    <Panel
      title="Label"
      aside={
        !feature.dead && (
          <Button kind="quiet" className="h-7 text-xs" disabled={again.isPending} onClick={() => again.mutate()}>
            {again.isPending ? 'Explaining' : label ? 'Explain again' : 'Explain'}
          </Button>
        )
      }
    >
      {feature.dead ? (
        <p className="text-ink-2">This latent never fired on the indexed text, so there is nothing to label.</p>
      ) : label?.status === 'scored' ? (
        <>
          <p className="text-base">{label.text}</p>
          {label.score !== null && <ScoreBar score={label.score} interval={label.interval} />}
          {label.confusion && <ConfusionCounts confusion={label.confusion} />}
          <p className="mt-3 text-xs text-ink-3">
            Written by {explainerName(label.explainer)} from <Quantity value={label.nExplain} /> examples,{' '}
            <Term name="score">scored</Term> on <Quantity value={label.nScore} /> others.
          </p>
        </>
      ) : (
        <p className="text-ink-2">
          {label
            ? `No label was found: ${label.reason ?? 'no rule fits its examples'}.`
            : 'The explainer has not reached this feature yet.'}
        </p>
      )}
      {again.isError && (
        <div className="mt-2">
          <InlineError error={again.error} />
        </div>
      )}
      <div className="mt-3 border-t border-line pt-3">
        {editing ? (
          <OwnLabelForm feature={feature} onDone={() => setEditing(false)} onSaved={readAgain} />
        ) : feature.userLabel ? (
          <div className="flex items-start gap-2">
            <p className="min-w-0 flex-1">
              <span className="block text-xs text-ink-3">Your label</span>
              {feature.userLabel.text}
            </p>
            <Button kind="quiet" onClick={() => setEditing(true)}>
              <Pencil size={14} aria-hidden />
              Edit
            </Button>
          </div>
        ) : (
          <Button kind="quiet" className="-ml-3" onClick={() => setEditing(true)}>
            <Pencil size={14} aria-hidden />
            Write your own label
          </Button>
        )}
      </div>
    </Panel>
  );
}

/** A name for people; the identifier with its version is in the API. */
const explainerName = (explainer: string): string =>
  explainer.startsWith('predicate') ? 'the built-in rule explainer' : explainer;

function OwnLabelForm({
  feature,
  onDone,
  onSaved,
}: {
  feature: FeatureDetail;
  onDone: () => void;
  onSaved: () => void;
}) {
  const [text, setText] = useState(feature.userLabel?.text ?? '');
  const save = useMutation({
    mutationFn: () => saveLabel(feature.runId, feature.index, text.trim()),
    onSuccess: () => {
      onSaved();
      onDone();
    },
  });
  return (
    <form
      className="flex flex-col gap-1"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
      onKeyDown={(event) => event.key === 'Escape' && onDone()}
    >
      <Field
        label="Your label"
        hint={feature.userLabel ? 'Leave it empty to remove it.' : 'It stands in lists in place of the explainer’s.'}
      >
        {(control) => (
          <TextInput {...control} autoFocus maxLength={500} value={text} onChange={(e) => setText(e.target.value)} />
        )}
      </Field>
      {save.isError && <InlineError error={save.error} />}
      <div className="flex gap-2">
        <Button type="submit" kind="primary" disabled={save.isPending || (text.trim() === '' && !feature.userLabel)}>
          {save.isPending ? 'Saving' : 'Save label'}
        </Button>
        <Button onClick={onDone}>Discard</Button>
      </div>
    </form>
  );
}
