import type { JobName, RunStage } from '@featurescope/contracts';
import { type Claim, type Db, fenced, readRunState, setRunState, type Transaction, updateRun } from '@featurescope/db';
import type { StageOutcome } from './stage-outcome.ts';

/** What follows each job. */
const nextOf: Record<JobName, { job: JobName | null; stage: RunStage }> = {
  train: { job: 'index', stage: 'index' },
  index: { job: 'label', stage: 'label' },
  label: { job: null, stage: 'done' },
};

export type Enqueue = (transaction: Transaction, job: JobName, runId: string) => Promise<void>;

/** Ends a job in one transaction: what it found, the run's state and the next job appear together or not at all.
 *  Throws FencedError when another worker has the run by now. */
export async function settleJob(
  db: Db,
  { job, claim, outcome, enqueue }: { job: JobName; claim: Claim; outcome: StageOutcome; enqueue: Enqueue },
): Promise<void> {
  if (outcome.type === 'fenced') return;
  const { runId } = claim;
  await fenced(db, claim, async (transaction) => {
    const { stage, desiredState, source } = await readRunState(transaction, runId);
    await updateRun(transaction, runId, { ridesOnJob: null });
    if (outcome.type === 'finished') {
      // There is no text to label the features of synthetic data by: their truths are known.
      const next = source === 'synthetic' && job === 'index' ? nextOf.label : nextOf[job];
      await updateRun(transaction, runId, { ...outcome.changes, progress: null });
      await setRunState(transaction, runId, { status: next.job ? 'running' : 'succeeded', stage: next.stage });
      if (next.job) await enqueue(transaction, next.job, runId);
    } else if (outcome.type === 'failed') {
      await updateRun(transaction, runId, { failure: outcome.failure, progress: null });
      await setRunState(transaction, runId, { status: 'failed', stage });
    } else if (outcome.type === 'cancelled') {
      await updateRun(transaction, runId, { progress: null });
      await setRunState(transaction, runId, { status: 'cancelled', stage });
    } else if (outcome.type === 'paused' && desiredState === 'pause') {
      await setRunState(transaction, runId, { status: 'paused', stage });
    } else if (desiredState === 'cancel') {
      await setRunState(transaction, runId, { status: 'cancelled', stage });
    } else {
      // The worker stops, the run's group goes on without it, or the pause was taken back while the child wrote its checkpoint:
      // the run goes back to the queue.
      await setRunState(transaction, runId, { status: 'queued', stage });
      await enqueue(transaction, job, runId);
    }
  });
}
