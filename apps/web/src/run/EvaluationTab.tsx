'use client';

import type { Evaluation } from '@featurescope/contracts';
import { Histogram } from '../charts/Histogram.tsx';
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

export function EvaluationTab() {
  const run = useRun();
  const { evaluation } = run;
  if (!evaluation)
    return (
      <EmptyState title="Not evaluated yet">
        {isActive(run)
          ? run.origin !== 'trained'
            ? 'The dictionary is measured on held-out documents before its features are indexed. The page fills in by itself.'
            : 'When training is done, the dictionary is measured on documents that it never saw. The page fills in by itself.'
          : 'This run ended before it was measured on held-out text.'}
      </EmptyState>
    );
  const { densityHistogram } = evaluation;
  return (
    <div className="flex flex-col gap-4 px-4 py-4 md:px-6">
      <p className="text-ink-2">
        Measured on <Quantity value={evaluation.nTokens} /> held-out tokens, special positions excluded; the effect on
        the model on <Quantity value={evaluation.nSplicedTokens} /> of them.
      </p>
      <div className="grid items-start gap-4 lg:grid-cols-3">
        {groups.map((group) => (
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
          formatX={densityTick}
          height={200}
        />
        <p className="mt-1 text-xs text-ink-3">
          Across: share of tokens on which a latent fires. Up: number of latents.
        </p>
      </Panel>
    </div>
  );
}

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';
/** −3 → "10⁻³"; between powers, the share itself. */
function densityTick(log10: number): string {
  if (!Number.isInteger(log10)) return Number((10 ** log10).toPrecision(2)).toString();
  if (log10 === 0) return '1';
  const digits = [...String(Math.abs(log10))].map((digit) => superscripts[Number(digit)]).join('');
  return `10${log10 < 0 ? '⁻' : ''}${digits}`;
}
