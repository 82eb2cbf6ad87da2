'use client';

import type { ComparableRun, DictionaryChoice } from '@featurescope/contracts';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { createComparison } from '../analysis/commands.ts';
import { comparableRunsQuery } from '../analysis/queries.ts';
import { Button } from '../ui/Button.tsx';
import { Panel } from '../ui/Panel.tsx';
import { InlineError } from '../ui/States.tsx';
import { useSearchState } from '../ui/use-search-state.ts';
import { choiceOf, textOf } from './choice.ts';
import { DictionarySelect } from './DictionarySelect.tsx';

/** Two dictionaries to compare. The choice stands in the address. */
export function ChooseTwo({ usable }: { usable: ComparableRun[] }) {
  const router = useRouter();
  const [search, setSearch] = useSearchState();
  const [a, b] = [choiceOf(search.get('a')), choiceOf(search.get('b'))];
  const { data: candidates = [] } = useQuery({ ...comparableRunsQuery(a?.runId), enabled: a !== null });
  const partners = candidates.filter(({ reason }) => reason === null);
  const refused = candidates.filter(({ reason }) => reason !== null);
  const chosen = candidates.find(({ runId }) => runId === b?.runId);
  const comparison = useMutation({
    mutationFn: (choice: { a: DictionaryChoice; b: DictionaryChoice }) => createComparison(choice),
    onSuccess: ({ id }) => router.push(`/compare/${id}`),
  });
  const isSame = a !== null && b !== null && a.runId === b.runId && a.step === b.step;
  const missing = !a
    ? 'Choose the first run.'
    : !b
      ? 'Choose the second run.'
      : isSame
        ? 'Both are the same dictionary: choose another run, or a checkpoint.'
        : null;
  return (
    <Panel title="Two dictionaries">
      <p className="mb-3 text-ink-2">
        Other seeds, other architectures, another size, or the checkpoints of one run: which features are in both?
      </p>
      <div className="flex flex-col gap-1">
        <DictionarySelect
          label="First"
          runs={usable}
          choice={a}
          onChange={(next) => setSearch({ a: textOf(next), b: null })}
        />
        <DictionarySelect
          label="Second"
          runs={a ? partners : []}
          choice={b}
          onChange={(next) => setSearch({ b: textOf(next) })}
        />
      </div>
      {chosen?.relation === 'sameWidth' && (
        <p className="mb-3 rounded-md bg-warn-soft px-3 py-2 text-sm">
          These two are of different activations. Their directions have the same number of values, so that a cosine can
          be computed, but they need not mean the same: expect figures near chance.
        </p>
      )}
      <div className="mt-2 flex flex-wrap items-center gap-3">
        <Button
          kind="primary"
          disabled={missing !== null || comparison.isPending}
          onClick={() => a && b && comparison.mutate({ a, b })}
        >
          {comparison.isPending ? 'Starting' : 'Compare'}
        </Button>
        {missing && <span className="text-xs text-ink-3">{missing}</span>}
      </div>
      {comparison.error && (
        <div className="mt-3">
          <InlineError title="The comparison was not started." error={comparison.error} />
        </div>
      )}
      {a && refused.length > 0 && (
        <details className="mt-4 text-sm text-ink-2">
          <summary className="cursor-pointer">
            {refused.length === 1 ? 'One run is' : `${refused.length} runs are`} not offered; see why
          </summary>
          <ul className="mt-2 flex flex-col gap-1">
            {refused.map((run) => (
              <li key={run.runId}>
                <span className="font-medium text-ink">{run.name}</span>: {run.reason}
              </li>
            ))}
          </ul>
        </details>
      )}
    </Panel>
  );
}
