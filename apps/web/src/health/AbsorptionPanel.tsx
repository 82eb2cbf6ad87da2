'use client';

import type { AbsorptionConcept, Run } from '@featurescope/contracts';
import { useMutation, useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { createAbsorption } from '../analysis/commands.ts';
import { absorptionsQuery, isUnderWay } from '../analysis/queries.ts';
import { Button } from '../ui/Button.tsx';
import { Field, SelectInput, TextInput } from '../ui/Field.tsx';
import { formatFixed, formatShare } from '../ui/format.ts';
import { Panel } from '../ui/Panel.tsx';
import { SegmentedControl } from '../ui/SegmentedControl.tsx';
import { InlineError } from '../ui/States.tsx';
import { Term } from '../ui/Term.tsx';
import { conceptName, wordsOf } from './concept.ts';

const letters = [...'abcdefghijklmnopqrstuvwxyz'];

/** Asks for a concept, and lists those that were looked at. */
export function AbsorptionPanel({ run }: { run: Run }) {
  const router = useRouter();
  const { data: absorptions = [], error } = useQuery(absorptionsQuery(run.id));
  const create = useMutation({
    mutationFn: (concept: AbsorptionConcept) => createAbsorption(run.id, concept),
    onSuccess: ({ id }) => router.push(`/runs/${run.id}/health/${id}`),
  });
  return (
    <Panel title={<Term name="absorption">Absorption</Term>} aside="Chanin et al. 2024, as SAEBench decides it">
      <p className="mb-3 max-w-3xl text-ink-2">
        Take a concept that many words share, such as “begins with s”. The features that stand for it should fire on all
        of those words. Where they are silent and another feature carries the concept instead, it was absorbed.
      </p>
      <ConceptForm isPending={create.isPending} onSubmit={(concept) => create.mutate(concept)} />
      {create.error && <InlineError title="It was not started." error={create.error} />}
      {error && <InlineError error={error} />}
      {absorptions.length > 0 && (
        <ul className="-mx-4 mt-3 -mb-4" aria-label="Concepts looked at">
          {absorptions.map((absorption) => (
            <li key={absorption.id} className="border-t border-line">
              <Link
                href={`/runs/${run.id}/health/${absorption.id}`}
                className="flex min-h-8 items-center gap-3 px-4 -outline-offset-2 hover:bg-hover"
              >
                <span className="min-w-0 flex-1 truncate">{conceptName(absorption.concept)}</span>
                <span className="numeric text-ink-2">
                  {absorption.result
                    ? `${formatShare(absorption.result.fullRate)} absorbed · probe F1 ${formatFixed(absorption.result.probe.f1, 2)}`
                    : isUnderWay(absorption)
                      ? 'under way'
                      : 'failed'}
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function ConceptForm({ isPending, onSubmit }: { isPending: boolean; onSubmit: (concept: AbsorptionConcept) => void }) {
  const [type, setType] = useState<AbsorptionConcept['type']>('firstLetter');
  const [letter, setLetter] = useState('s');
  const [list, setList] = useState('');
  const tokens = wordsOf(list);
  const isShort = type === 'tokens' && tokens.length < 2;
  return (
    <form
      className="flex flex-wrap items-end gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isShort) onSubmit(type === 'firstLetter' ? { type, letter } : { type, tokens });
      }}
    >
      <SegmentedControl
        label="Concept"
        value={type}
        options={[
          { value: 'firstLetter', label: 'First letter' },
          { value: 'tokens', label: 'My own words' },
        ]}
        onChange={setType}
      />
      {type === 'firstLetter' ? (
        <Field label="Words that begin with" steady={false} className="w-40">
          {(control) => (
            <SelectInput {...control} value={letter} onChange={({ target }) => setLetter(target.value)}>
              {letters.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </SelectInput>
          )}
        </Field>
      ) : (
        <Field label="Words, separated by commas" steady={false} className="min-w-64 flex-1">
          {(control) => (
            <TextInput
              {...control}
              value={list}
              placeholder="king, queen, prince, lord"
              onChange={({ target }) => setList(target.value)}
            />
          )}
        </Field>
      )}
      <Button type="submit" kind="primary" disabled={isPending || isShort}>
        {isPending ? 'Starting' : 'Look for absorption'}
      </Button>
      {isShort && <span className="pb-2 text-xs text-ink-3">Name two words or more.</span>}
    </form>
  );
}
