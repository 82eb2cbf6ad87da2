'use client';

import { type ComparableRun, maxLadderRuns } from '@featurescope/contracts';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { createLadder } from '../analysis/commands.ts';
import { Button } from '../ui/Button.tsx';
import { formatNumber } from '../ui/format.ts';
import { Panel } from '../ui/Panel.tsx';
import { InlineError } from '../ui/States.tsx';
import { Term } from '../ui/Term.tsx';
import { describePlace } from './describe.ts';
import { ladderGroups } from './ladder-groups.ts';

/** Several sizes of one place. Only places that have two or more sizes are offered. */
export function ChooseLadder({ usable }: { usable: ComparableRun[] }) {
  const router = useRouter();
  const [chosen, setChosen] = useState<string[]>([]);
  const groups = ladderGroups(usable);
  const first = usable.find(({ runId }) => runId === chosen[0]);
  const inOrder = usable
    .filter(({ runId }) => chosen.includes(runId))
    .sort((x, y) => x.nLatents - y.nLatents)
    .map(({ runId }) => runId);
  const ladder = useMutation({
    mutationFn: () => createLadder(inOrder),
    onSuccess: () => router.push(`/compare/ladder?runs=${inOrder.join(',')}`),
  });
  return (
    <Panel title={<Term name="ladder">A ladder of sizes</Term>}>
      <p className="mb-3 text-ink-2">
        The same activations in dictionaries of rising size: which features split into which finer ones?
      </p>
      {groups.length === 0 ? (
        <p className="text-ink-2">
          A ladder needs runs of two or more sizes on one model and hook point, or on the same synthetic data. Launch
          them together with a sweep over latents in New run.
        </p>
      ) : (
        <>
          {groups.map(({ place, runs }) => (
            <fieldset key={place} className="mb-3 min-w-0">
              <legend className="mb-1 text-xs text-ink-3">{describePlace(runs[0])}</legend>
              {runs.map((run) => {
                const isElsewhere = first !== undefined && first.place !== run.place;
                const isFull = chosen.length >= maxLadderRuns && !chosen.includes(run.runId);
                return (
                  <label key={run.runId} className="flex min-h-7 items-center gap-2 has-disabled:opacity-50">
                    <input
                      type="checkbox"
                      className="accent-accent"
                      checked={chosen.includes(run.runId)}
                      disabled={isElsewhere || isFull}
                      onChange={({ target }) =>
                        setChosen(target.checked ? [...chosen, run.runId] : chosen.filter((id) => id !== run.runId))
                      }
                    />
                    <span className="min-w-0 flex-1 truncate">{run.name}</span>
                    <span className="numeric shrink-0 text-xs text-ink-3">{formatNumber(run.nLatents)} latents</span>
                  </label>
                );
              })}
            </fieldset>
          ))}
          <div className="flex flex-wrap items-center gap-3">
            <Button kind="primary" disabled={chosen.length < 2 || ladder.isPending} onClick={() => ladder.mutate()}>
              {ladder.isPending ? 'Starting' : 'Build the ladder'}
            </Button>
            {chosen.length < 2 && (
              <span className="text-xs text-ink-3">Choose two to {maxLadderRuns} runs of one group.</span>
            )}
          </div>
        </>
      )}
      {ladder.error && (
        <div className="mt-3">
          <InlineError title="The ladder was not started." error={ladder.error} />
        </div>
      )}
    </Panel>
  );
}
