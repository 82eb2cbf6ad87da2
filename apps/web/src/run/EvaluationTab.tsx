'use client';

import type { Evaluation, Run } from '@featurescope/contracts';
import { WhatMatters } from '../causal/WhatMatters.tsx';
import { Histogram } from '../charts/Histogram.tsx';
import { powerOfTen } from '../charts/power-of-ten.ts';
import { isActive } from '../runs/run-state.ts';
import { definitionOf, type TermName } from '../ui/definitions.ts';
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
      { term: 'deadWindow', key: 'nFiringTokens' },
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
      { term: 'top1Agreement', key: 'top1Agreement', share: true },
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
            : run.origin !== 'trained'
              ? 'The dictionary is measured on held-out documents before its features are indexed. The page fills in by itself.'
              : 'When training is done, the dictionary is measured on documents that it never saw. The page fills in by itself.'
          : 'This run ended before it was measured on held-out text.'}
      </EmptyState>
    );
  return (
    <div className="flex flex-col gap-4 px-4 py-4 md:px-6">
      <EvaluationSource evaluation={evaluation} run={run} />
      <div className="grid items-start gap-4 lg:grid-cols-3">
        {groupsOf(run).map((group) => (
          <Panel key={group.title} title={group.title}>
            <FigureList rows={group.rows} values={evaluation} />
          </Panel>
        ))}
      </div>
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <DensityPanel evaluation={evaluation} unit={run.source === 'synthetic' ? 'samples' : 'tokens'} />
        <DecoderHealth evaluation={evaluation} />
      </div>
      <EveryPosition evaluation={evaluation} />
      {evaluation.nSplicedTokens > 0 && <WhatMatters run={run} />}
    </div>
  );
}

/** What the figures rest on. */
function EvaluationSource({ evaluation, run }: { evaluation: Evaluation; run: Run }) {
  if (run.source === 'synthetic')
    return (
      <p className="text-ink-2">
        Measured on <Quantity value={evaluation.nTokens} /> fresh samples. What it has found of the truth stands under
        Ground truth.
      </p>
    );
  const { nTokens, nSplicedTokens, version } = evaluation;
  return (
    <p className="text-ink-2">
      Measured on <Quantity value={nTokens} /> held-out tokens, special positions excluded;{' '}
      {nSplicedTokens > 0 ? (
        <>
          the effect on the model on <Quantity value={nSplicedTokens} /> of them.
        </>
      ) : (
        'this hook point can be read but not changed, so there is no effect on the model to measure.'
      )}{' '}
      <span className="text-ink-3">
        Definitions, version {version}
        {version === 1 && ': an older one, without some of the figures'}.
      </span>
    </p>
  );
}

/** Figures by name; what an older version of the evaluation did not have is left out. */
function FigureList({ rows, values }: { rows: Row[]; values: Partial<Record<Row['key'], unknown>> }) {
  return (
    <dl>
      {rows.map(({ term, key, unit, share }) => {
        const value = values[key] as number | null | undefined;
        if (value === undefined) return null;
        return (
          <div key={key} className="flex h-8 items-center justify-between gap-3 border-line not-last:border-b">
            <dt className="text-ink-2">
              <Term name={term} />
            </dt>
            <dd className="font-mono">{share ? <Share value={value} /> : <Quantity value={value} unit={unit} />}</dd>
          </div>
        );
      })}
    </dl>
  );
}

function DensityPanel({ evaluation, unit }: { evaluation: Evaluation; unit: string }) {
  const { densityHistogram, nFiringTokens, nTokens } = evaluation;
  return (
    <Panel title={<Term name="density">How often latents fire</Term>} aside="log scales">
      <Histogram
        label="Latents by density"
        edges={densityHistogram.log10Edges}
        counts={densityHistogram.counts}
        formatX={powerOfTen}
        height={200}
      />
      <p className="mt-1 text-xs text-ink-3">
        Across: share of <Quantity value={nFiringTokens ?? nTokens} /> {unit} on which a latent fires. Up: number of
        latents.
      </p>
    </Panel>
  );
}

function DecoderHealth({ evaluation: { decoderHealth } }: { evaluation: Evaluation }) {
  if (!decoderHealth) return null;
  const { histogram, medianCosine, largestCosine, shareAbove90 } = decoderHealth;
  return (
    <Panel title={<Term name="decoderCosine" />} aside="log count">
      <Histogram label="Latents by closest other direction" {...histogram} height={200} />
      <p className="mt-1 text-xs text-ink-3">
        Across: |cosine| with the closest other decoder direction. Half of the latents are below{' '}
        <Quantity value={medianCosine} />, the largest is <Quantity value={largestCosine} />;{' '}
        <Share value={shareAbove90} /> lie above .9, as near-duplicates do.
      </p>
    </Panel>
  );
}

const everyPositionRows: Row[] = [
  { term: 'ceRecoveredZero', key: 'ceRecoveredZero' },
  { term: 'deltaCe', key: 'deltaCe', unit: 'nats' },
  { term: 'kl', key: 'kl', unit: 'nats' },
  { term: 'top1Agreement', key: 'top1Agreement', share: true },
  { term: 'ceClean', key: 'ceClean', unit: 'nats' },
  { term: 'ceSpliced', key: 'ceSpliced', unit: 'nats' },
  { term: 'ceZeroAblated', key: 'ceZeroAblated', unit: 'nats' },
];

/** For who compares with figures of other programs: closed, because it is not what these pages speak of elsewhere. */
function EveryPosition({ evaluation: { everyPosition } }: { evaluation: Evaluation }) {
  if (!everyPosition) return null;
  return (
    <details className="rounded-lg border border-line bg-surface px-4 py-3">
      <summary className="cursor-pointer font-medium">For comparison: every position touched, as in SAELens</summary>
      <p className="mt-2 max-w-3xl text-xs text-ink-3">
        {definitionOf('everyPosition').meaning} {definitionOf('everyPosition').more} Measured on{' '}
        <Quantity value={everyPosition.nTokens} /> tokens.
      </p>
      <div className="mt-2 max-w-md">
        <FigureList rows={everyPositionRows} values={everyPosition} />
      </div>
    </details>
  );
}
