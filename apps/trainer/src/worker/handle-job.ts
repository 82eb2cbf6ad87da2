import type { JobName } from '@featurescope/contracts';
import { beginRunJob, type Claim, type Db, FencedError } from '@featurescope/db';
import type { Log } from '../log.ts';
import type { CrashCounter } from './crash-counter.ts';
import { ChildDiedError, runJobChild } from './job-child.ts';
import { type Enqueue, settleJob } from './settle-job.ts';
import type { StageOutcome } from './stage-outcome.ts';

export interface JobContext {
  db: Db;
  log: Log;
  enqueue: Enqueue;
  /** Of the child processes. */
  env: NodeJS.ProcessEnv;
  crashes: CrashCounter;
  /** The worker shuts down. */
  stopSignal: AbortSignal;
}

export interface RunJob {
  job: JobName;
  runId: string;
  /** The queue will not try again. */
  isLastAttempt: boolean;
  /** Aborts when the queue has given the job to another worker. */
  lostSignal: AbortSignal;
}

/** Does one job of a run: claims the run, lets a child work, settles. Safe to repeat: an attempt that finished has moved the
 *  run on, and the next one finds nothing to do. Throws only what is worth another attempt. */
export async function handleRunJob(context: JobContext, runJob: RunJob): Promise<void> {
  const { job, runId, isLastAttempt } = runJob;
  const begun = await beginRunJob(context.db, runId, job);
  const log = context.log.child({ job, runId, fence: begun?.claim.fence });
  if (begun === null) {
    log.info('job has nothing to do');
    return;
  }
  const { claim, desiredState } = begun;
  const startedAt = performance.now();
  const settle = (outcome: StageOutcome) =>
    settleJob(context.db, { job, claim, outcome, enqueue: context.enqueue }).then(() => {
      log.info({ outcome: outcome.type, durationMs: Math.round(performance.now() - startedAt) }, 'job settled');
    });
  try {
    if (desiredState === 'run') await settle(await attempt(context, { ...runJob, claim, log }));
    else await settle({ type: desiredState === 'pause' ? 'paused' : 'cancelled' });
  } catch (error) {
    if (error instanceof FencedError) {
      log.warn('run was taken over by another worker');
      return;
    }
    if (!isLastAttempt) throw error;
    log.error({ err: error }, 'job failed for the last time');
    const message = 'The job failed again and again; the log of the worker says why. Resume the run to try once more.';
    await settle({ type: 'failed', failure: { code: 'worker_error', message, step: null, retryable: true } });
  }
}

async function attempt(
  context: JobContext,
  { job, claim, lostSignal, log }: RunJob & { claim: Claim; log: Log },
): Promise<StageOutcome> {
  const { db, env, stopSignal, crashes } = context;
  try {
    const onStart = (childPid: number) => log.info({ childPid }, 'job started');
    const outcome = await runJobChild({ job, claim, env, stopSignal, lostSignal, onStart });
    crashes.clear(claim.runId);
    return outcome;
  } catch (error) {
    if (!(error instanceof ChildDiedError)) throw error;
    const run = await db.prisma.run.findUnique({ where: { id: claim.runId }, select: { step: true, stage: true } });
    const step = run?.step ?? 0;
    if (!crashes.isHopeless(claim.runId, `${run?.stage}/${step}`)) throw error;
    log.error({ err: error }, 'job keeps dying at the same place');
    return { type: 'failed', failure: { code: 'process_died', message: crashMessage(error), step, retryable: true } };
  }
}

const crashMessage = (error: Error) =>
  `${error.message}, several times at the same place. The machine may be short of memory: free some, or use a smaller dictionary or batch, and resume.`;
