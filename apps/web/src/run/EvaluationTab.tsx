'use client';

import type { Evaluation, Run } from '@featurescope/contracts';
import { Histogram } from '../charts/Histogram.tsx';
import { powerOfTen } from '../charts/power-of-ten.ts';
import { isActive } from '../runs/run-state.ts';
import type { TermName } from '../ui/definitions.ts';
import { Panel } from '../ui/Panel.tsx';
import { Quantity, Share } from '../ui/Quantity.tsx';
import { EmptyState } from '../ui/States.tsx';
import { Term } from '../ui/Term.tsx';
import { useRun } from './RunFrame.tsx';

type Row = { term: TermName; key: keyof Evaluation; unit?: string; share?: boolean };

const groups: { title: string; rows: Row[] }[] = [
  {
    title: 'Reconstruction',
    rows: [
      { term: 'fvu', key: 'fvu' },
      { term: 'fvuWithExcluded', key: 'fvuWithExcluded' },
      { term: 'explainedVariance', key: 'explainedVariance' },
      { term: 'mse', key: 'mse' },
      { term: 'cosine', key: 'cosine' },
      { term: 'l2Ratio', key: 'l2Ratio' },
      { term: 'relativeReconstructionBias', key: 'relativeReconstructionBias' },
    ],
  },
  {
    title: 'Sparsity',
    rows: [
      { term: 'l0', key: 'l0' },
      { term: 'l1', key: 'l1' },
      { term: 'dead', key: 'deadShare', share: true },
      { term: 'heldOutTokens', key: 'nTokens' },
    ],
  },
  {
    title: 'Effect on the model',
    rows: [
      { term: 'ceRecovered', key: 'ceRecoveredMean' },
      { term: 'ceRecoveredZero', key: 'ceRecoveredZero' },
      { term: 'deltaCe', key: 'deltaCe', unit: 'nats' },
      { term: 'kl', key: 'kl', unit: 'nats' },
      { term: 'ceClean', key: 'ceClean', unit: 'nats' },
      { term: 'ceSpliced', key: 'ceSpliced', unit: 'nats' },
      { term: 'ceMeanAblated', key: 'ceMeanAblated', unit: 'nats' },
      { term: 'ceZeroAblated', key: 'ceZeroAblated', unit: 'nats' },
    ],
  },
];

/** There is no model that synthetic data could have an effect on, and nothing was left out of it. */
const groupsOf = (run: Run) =>
  run.source === 'model'
    ? groups
    : groups.slice(0, 2).map(({ title, rows }) => ({
        title,
        rows: rows.filter(({ key }) => key !== 'fvuWithExcluded' && key !== 'nTokens'),
      }));

export function EvaluationTab() {
  const run = useRun();
  const { evaluation } = run;
  if (!evaluation)
    return (
      <EmptyState title="Not evaluated yet">
        {isActive(run)
          ? run.source === 'synthetic'
            ? 'When training is done, the dictionary is measured on samples that it never saw. The page fills in by itself.'
            : run.origin === 'imported'
              ? 'The dictionary is measured on held-out documents before its features are indexed. The page fills in by itself.'
              : 'When training is done, the dictionary is measured on documents that it never saw. The page fills in by itself.'
          : 'This run ended before it was measured on held-out text.'}
      </EmptyState>
    );
  const { densityHistogram } = evaluation;
  return (
    <div className="flex flex-col gap-4 px-4 py-4 md:px-6">
      <p className="text-ink-2">
        {run.source === 'synthetic' ? (
          <>
            Measured on <Quantity value={evaluation.nTokens} /> fresh samples. What it has found of the truth stands
            under Ground truth.
          </>
        ) : (
          <>
            Measured on <Quantity value={evaluation.nTokens} /> held-out tokens, special positions excluded; the effect
            on the model on <Quantity value={evaluation.nSplicedTokens} /> of them.
          </>
        )}
      </p>
      <div className="grid items-start gap-4 lg:grid-cols-3">
        {groupsOf(run).map((group) => (
          <Panel key={group.title} title={group.title}>
            <dl>
              {group.rows.map(({ term, key, unit, share }) => {
                const value = evaluation[key] as number | null;
                return (
                  <div key={key} className="flex h-8 items-center justify-between gap-3 border-line not-last:border-b">
                    <dt className="text-ink-2">
                      <Term name={term} />
                    </dt>
                    <dd className="font-mono">
                      {share ? <Share value={value} /> : <Quantity value={value} unit={unit} />}
                    </dd>
                  </div>
                );
              })}
            </dl>
          </Panel>
        ))}
      </div>
      <Panel title={<Term name="density">How often latents fire</Term>} aside="log scales">
        <Histogram
          label="Latents by density"
          edges={densityHistogram.log10Edges}
          counts={densityHistogram.counts}
          formatX={powerOfTen}
          height={200}
        />
        <p className="mt-1 text-xs text-ink-3">
          Across: share of {run.source === 'synthetic' ? 'samples' : 'tokens'} on which a latent fires. Up: number of
          latents.
        </p>
      </Panel>
    </div>
  );
}
