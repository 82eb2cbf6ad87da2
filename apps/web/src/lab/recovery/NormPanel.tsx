'use client';

import { formatFixed, formatNumber } from '../../ui/format.ts';
import { Panel } from '../../ui/Panel.tsx';
import { CurveNames, MiniChart } from '../ui/MiniChart.tsx';
import { useExperiment } from '../use-experiment.ts';

/** The same L1 dictionary twice, with unit decoder rows and with nothing that holds them. */
export function NormPanel({ l1Coefficient, seed }: { l1Coefficient: number; seed: number }) {
  const { snapshot, isDone, error } = useExperiment('norm', { l1Coefficient, seed });
  if (error) return <Panel title="Without the norm constraint">{error}</Panel>;
  if (!snapshot) return null;
  const { held, free, nSteps } = snapshot;
  const curves = (of: 'norm' | 'l1') => [
    { label: 'unit rows', colour: 'var(--accent)', points: held[of] },
    { label: 'free rows', colour: 'var(--class-1)', points: free[of] },
  ];
  const scaled = free.latest && held.latest;
  return (
    <Panel
      title="What happens without the decoder’s norm constraint"
      aside={isDone ? 'trained' : `step ${snapshot.step.toLocaleString('en-US')}`}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <div>
          <p className="font-medium">Length of the decoder’s rows</p>
          <MiniChart size="narrow" label="Mean length of decoder rows" lastX={nSteps} curves={curves('norm')} />
        </div>
        <div>
          <p className="font-medium">Σ f, what the penalty sees</p>
          <MiniChart size="narrow" label="Sum of activations" lastX={nSteps} curves={curves('l1')} />
        </div>
      </div>
      <CurveNames
        curves={[
          {
            ...curves('norm')[0],
            value: `‖d‖ ${formatFixed(held.latest?.meanNorm, 2)}, L0 ${formatNumber(held.latest?.l0)}`,
          },
          {
            ...curves('norm')[1],
            value: `‖d‖ ${formatFixed(free.latest?.meanNorm, 2)}, L0 ${formatNumber(free.latest?.l0)}`,
          },
        ]}
      />
      {scaled && (
        <p className="mt-2 text-xs text-ink-3">
          The penalty counts Σ f. With free rows the dictionary cheats: it halves an activation, doubles its row, and
          reconstructs the same for half the price. Σ f falls to {formatNumber(free.latest?.l1)}, but what is written, Σ
          f·‖d‖, stays at {formatNumber(free.latest?.scaledL1)}, beside {formatNumber(held.latest?.scaledL1)} with unit
          rows. So rows are held at length 1, or the penalty counts f·‖d‖.
        </p>
      )}
    </Panel>
  );
}
