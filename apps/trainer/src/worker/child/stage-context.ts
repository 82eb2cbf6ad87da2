import type { RunStage } from '@featurescope/contracts';
import { type AnyRunForWork, appendEvent, type Claim, type Db, type RunForWork, setRunState } from '@featurescope/db';
import type { Store } from '@featurescope/store';
import type { ActivationStorage } from '../../activations/activation-storage.ts';
import type { Log } from '../../log.ts';
import { ProgressReporter } from './progress-reporter.ts';
import type { RunWriter } from './run-writer.ts';
import type { StageControl } from './stage-control.ts';

/** What every stage works with. */
export interface StageContext<Run extends AnyRunForWork = RunForWork> {
  db: Db;
  store: Store;
  activations: ActivationStorage;
  log: Log;
  claim: Claim;
  run: Run;
  control: StageControl;
  writer: RunWriter;
}

export type AnyStageContext = StageContext<AnyRunForWork>;

/** Shows the run in a stage of its own, and returns the stage's progress reporter. */
export async function enterStage(
  { writer, run }: AnyStageContext,
  { stage, total, unit }: { stage: RunStage; total: number; unit: string },
): Promise<ProgressReporter> {
  await writer.write((transaction) => setRunState(transaction, run.id, { status: 'running', stage }));
  return new ProgressReporter(writer, run.id, { stage, total, unit });
}

/** What a run's progress counts: each is one activation. */
export const unitOf = (run: AnyRunForWork) => (run.source === 'synthetic' ? 'samples' : 'tokens');

/** A line in the run's log, which its page shows. */
export function tell({ writer, run }: AnyStageContext, level: 'info' | 'warning' | 'error', message: string): void {
  writer.enqueue((transaction) =>
    appendEvent(transaction, { kind: 'run', id: run.id }, { type: 'log', payload: { level, message } }),
  );
}
