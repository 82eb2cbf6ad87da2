import { formatFixed, formatNumber, formatShare } from '../../ui/format.ts';
import { Panel } from '../../ui/Panel.tsx';
import { architectureNames } from '../architectures.ts';
import { classColour } from '../ui/feature-colour.ts';
import { LabFigures } from '../ui/LabFigures.tsx';
import { MiniChart } from '../ui/MiniChart.tsx';
import { ValueBars } from '../ui/ValueBars.tsx';
import type { RecoveryLane } from '../worker/recovery-experiment.ts';
import { lengthKept, ShrinkageChart } from './ShrinkageChart.tsx';

/** One architecture's attempt. */
export function LanePanel({ lane, random, nSteps }: { lane: RecoveryLane; random: number; nSteps: number }) {
  const { report, architecture } = lane;
  const name = architectureNames[architecture];
  const kept = lengthKept(report.shrinkage);
  return (
    <Panel title={name} aside={`step ${lane.step.toLocaleString('en-US')}`}>
      <LabFigures
        label={`Figures of ${name}`}
        figures={[
          {
            name: 'Best match',
            meaning:
              'Cosine of each truth with its best latent, mean over the eight; only latents that fire on more than 1% of fresh rows count.',
            value: formatFixed(report.match.mean, 3),
            note: `untrained ${formatFixed(lane.untrained, 3)}`,
          },
          { name: 'L0', meaning: 'Active latents a row, on fresh rows.', value: formatNumber(report.l0) },
          {
            name: 'FVU',
            meaning: 'Share of the variance that is not reconstructed, on fresh rows.',
            value: formatNumber(report.fvu),
          },
          {
            name: 'Dead',
            meaning: 'Share of latents that fire on none of the fresh rows.',
            value: formatShare(report.deadShare),
          },
        ]}
      />
      <h3 className="mt-4 mb-1.5 font-medium">Cosine of each truth with its best latent</h3>
      <ValueBars
        label={`Best cosine of each truth, ${name}`}
        values={report.match.cosines}
        highest={1}
        colourOf={classColour}
        marks={[{ at: random, name: 'random directions' }]}
      />
      <h3 className="mt-4 mb-1 font-medium">As it learns</h3>
      <div className="grid grid-cols-[repeat(auto-fit,minmax(8.5rem,1fr))] gap-3">
        {(
          [
            ['FVU', lane.fvu, 'var(--accent)'],
            ['L0', lane.l0, 'var(--class-1)'],
            ['Dead share', lane.dead, 'var(--class-3)'],
          ] as const
        ).map(([label, points, colour]) => (
          <div key={label}>
            <p className="text-xs text-ink-2">{label}</p>
            <MiniChart
              size="narrow"
              label={`${label} of ${name} over the steps`}
              lastX={nSteps}
              curves={[{ label, colour, points: label === 'FVU' ? points.filter(([, y]) => y < 2) : points }]}
            />
          </div>
        ))}
      </div>
      <h3 className="mt-3 mb-1 font-medium">How much of the length comes back</h3>
      <div className="flex flex-wrap items-center gap-4">
        <div className="w-44 shrink-0">
          <ShrinkageChart label={`True against recovered magnitude, ${name}`} {...report.shrinkage} />
        </div>
        <p className="min-w-40 flex-1 text-xs text-ink-2">
          Rows with one active truth: its magnitude to the right, what the dictionary writes in its direction upwards.{' '}
          <strong className="numeric text-sm text-ink">{formatShare(Number(kept.toFixed(3)))}</strong> of the length
          comes back.
          {architecture === 'standard' &&
            ' Points below the line are L1’s shrinkage: the penalty pulls every activation down.'}
        </p>
      </div>
    </Panel>
  );
}
