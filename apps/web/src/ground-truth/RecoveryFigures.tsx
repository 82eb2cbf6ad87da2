'use client';

import type { Run } from '@featurescope/contracts';
import { useLiveRecovery } from '../api/live-recovery.ts';
import { bestDeadShare, bestFvu, bestL0 } from '../runs/run-state.ts';
import { Figure, Figures } from '../ui/Figure.tsx';
import { formatFixed, formatNumber } from '../ui/format.ts';
import { Quantity, Share } from '../ui/Quantity.tsx';

/** Headline numbers of a run whose truth is known, each with what chance or the truth itself would give. */
export function RecoveryFigures({ run }: { run: Run }) {
  const { data } = useLiveRecovery(run.id);
  const summary = data?.summary ?? null;
  const latest = summary?.trained ?? data?.points.at(-1);
  const trueL0 = latest?.trueL0;
  const source = run.evaluation ? 'fresh samples' : run.latest ? 'latest training step' : undefined;
  const chance = (of: 'recovery' | 'mcc' | 'f1') =>
    summary ? `random ${formatFixed(summary.random[of], 3)}` : latest && 'latest look';
  return (
    <Figures>
      <Figure term="recovery" value={<Quantity value={latest?.recovery} decimals={3} />} note={chance('recovery')} />
      <Figure term="mcc" value={<Quantity value={latest?.mcc} decimals={3} />} note={chance('mcc')} />
      <Figure term="f1" value={<Quantity value={latest?.f1} decimals={3} />} note={chance('f1')} />
      <Figure term="fvu" value={<Quantity value={bestFvu(run)} />} note={source} />
      <Figure
        term="l0"
        value={<Quantity value={bestL0(run)} />}
        note={trueL0 === undefined ? source : `truth ${formatNumber(trueL0)}`}
      />
      <Figure term="dead" value={<Share value={bestDeadShare(run)} />} note={source} />
    </Figures>
  );
}
