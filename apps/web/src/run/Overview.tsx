'use client';

import type { Run } from '@featurescope/contracts';
import { RecoveryFigures } from '../ground-truth/RecoveryFigures.tsx';
import { bestDeadShare, bestFvu, bestL0, isActive } from '../runs/run-state.ts';
import { isSynthetic } from '../runs/run-subject.ts';
import { Figure, Figures } from '../ui/Figure.tsx';
import { Quantity, Share } from '../ui/Quantity.tsx';
import { ClearestFeatures } from './ClearestFeatures.tsx';
import { Curves } from './Curves.tsx';
import { FittedPanels } from './FittedPanels.tsx';
import { ImportedFrom } from './ImportedFrom.tsx';
import { useRun } from './RunFrame.tsx';

export function Overview() {
  const run = useRun();
  return (
    <div className="flex flex-col gap-4 px-4 py-4 md:px-6">
      {isSynthetic(run) ? <RecoveryFigures run={run} /> : <RunFigures run={run} />}
      {run.origin === 'trained' && <Curves run={run} />}
      {run.origin === 'imported' && <ImportedFrom run={run} />}
      {run.origin === 'fitted' && <FittedPanels run={run} />}
      <ClearestFeatures run={run} />
    </div>
  );
}

function RunFigures({ run }: { run: Run }) {
  const { evaluation } = run;
  const later = (what: string) => (isActive(run) ? `after ${what}` : 'not measured');
  const before = run.origin === 'trained' ? 'training' : 'evaluation';
  const source = evaluation ? 'held-out text' : run.latest ? 'latest training step' : undefined;
  return (
    <Figures>
      <Figure term="fvu" value={<Quantity value={bestFvu(run)} />} note={source} />
      <Figure term="l0" value={<Quantity value={bestL0(run)} />} note={source} />
      <Figure
        term="ceRecovered"
        value={<Quantity value={evaluation?.ceRecoveredMean} />}
        note={evaluation ? 'against mean ablation' : later(before)}
      />
      <Figure
        term="deltaCe"
        value={<Quantity value={evaluation?.deltaCe} unit="nats" />}
        note={evaluation ? 'a token' : later(before)}
      />
      <Figure term="dead" value={<Share value={bestDeadShare(run)} />} note={source} />
      <Figure
        term="labelled"
        value={<Quantity value={run.nFeatures > 0 ? run.nLabelled : null} />}
        note={run.nFeatures > 0 ? `of ${run.nFeatures.toLocaleString('en-US')} features` : later('indexing')}
      />
    </Figures>
  );
}
