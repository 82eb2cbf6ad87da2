import type { JobName } from '@featurescope/contracts';
import { beginRunJob, type Claim, claimRiders, type Db, FencedError, type RunQueue } from '@featurescope/db';
import type { Log } from '../log.ts';
import type { CrashCounter } from './crash-counter.ts';
import { ChildDiedError, runJobChild } from './job-child.ts';
import { settleJob } from './settle-job.ts';
import type { Failure, StageOutcome } from './stage-outcome.ts';

export interface JobContext {
  db: Db;
  log: Log;
  queue: RunQueue;
  /** Of the child processes. */
  env: NodeJS.ProcessEnv;
  crashes: CrashCounter;
  /** The worker shuts down. */
  stopSignal: AbortSignal;
}

export interface RunJob {
  job: JobName;
  runId: string;
  /** The same for every attempt. */
  jobId: string;
  /** The queue will not try again. */
  isLastAttempt: boolean;
  /** Aborts when the queue has given the job to another worker. */
  lostSignal: AbortSignal;
}

/** Does one job of a run: claims the run, and for training those of its sweep that can come along, lets a child work, settles.
 *  Safe to repeat: an attempt that finished has moved the run on, and the next one finds nothing to do. Throws only what is worth
 *  another attempt. */
export async function handleRunJob(context: JobContext, runJob: RunJob): Promise<void> {
  const { job, runId, isLastAttempt } = runJob;
  const begun = await beginRunJob(context.db, runId, job);
  const log = context.log.child({ job, runId, fence: begun?.claim.fence });
  if (begun === null) {
    log.info('job has nothing to do');
    return;
  }
  const { claim, desiredState } = begun;
  const attempt = new JobAttempt(context, runJob, { claim, log });
  try {
    if (desiredState === 'run') await attempt.work();
    else await attempt.settle(claim, { type: desiredState === 'pause' ? 'paused' : 'cancelled' });
  } catch (error) {
    if (error instanceof FencedError) {
      log.warn('run was taken over by another worker');
      return;
    }
    if (!isLastAttempt) throw error;
    log.error({ err: error }, 'job failed for the last time');
    const message = 'The job failed again and again; the log of the worker says why. Resume the run to try once more.';
    await attempt.settle(claim, {
      type: 'failed',
      failure: { code: 'worker_error', message, step: null, retryable: true },
    });
  }
}

/** One attempt at a job, with the runs that are trained along. Each run is settled as soon as it has an outcome. */
class JobAttempt {
  private readonly startedAt = performance.now();
  private readonly settled = new Map<string, Promise<void>>();
  private readonly context: JobContext;
  private readonly runJob: RunJob;
  private readonly claim: Claim;
  private readonly log: Log;

  constructor(context: JobContext, runJob: RunJob, { claim, log }: { claim: Claim; log: Log }) {
    this.context = context;
    this.runJob = runJob;
    this.claim = claim;
    this.log = log;
  }

  /** Throws what keeps the job's own run from being settled. Riders that were not go back to the queue: here, or by
   *  reconciliation where even that is not possible. */
  async work(): Promise<void> {
    const { claim, log } = this;
    const { env, stopSignal, crashes } = this.context;
    const { job, lostSignal } = this.runJob;
    const riders = await this.claimRiders();
    const onStart = (childPid: number) => log.info({ childPid, riders: riders.map((one) => one.runId) }, 'job started');
    const onOutcome = async (whose: Claim, outcome: StageOutcome) => {
      if (outcome.type === 'separated') await this.noteCrash(whose);
      else crashes.clear(whose.runId);
      await this.settle(whose, outcome);
    };
    const options = { job, claim, riders, env, stopSignal, lostSignal, onStart };
    const leave = (whose: Claim, outcome: StageOutcome) => {
      const settling = onOutcome(whose, outcome);
      settling.catch((error) => {
        // That of the job's own run is thrown below.
        if (whose !== claim) this.logLost(whose, error);
      });
      this.settled.set(whose.runId, settling);
    };
    let death: ChildDiedError | null = null;
    try {
      const outcome = await runJobChild({ ...options, onOutcome: leave });
      if (!this.settled.has(claim.runId)) leave(claim, outcome);
    } catch (error) {
      if (!(error instanceof ChildDiedError)) throw error;
      death = error;
    }
    for (const rider of riders)
      if (!this.settled.has(rider.runId)) {
        const failure = death && (await this.failureOfDeath(rider, death));
        leave(rider, failure ? { type: 'failed', failure } : { type: 'stopped' });
      }
    await Promise.allSettled(this.settled.values());
    if (this.settled.has(claim.runId)) return this.settled.get(claim.runId);
    const failure = death && (await this.failureOfDeath(claim, death));
    if (failure === null) throw death;
    log.error({ err: death }, 'job keeps dying at the same place');
    await this.settle(claim, { type: 'failed', failure });
  }

  async settle(claim: Claim, outcome: StageOutcome): Promise<void> {
    const { db, queue } = this.context;
    await settleJob(db, { job: this.runJob.job, claim, outcome, enqueue: queue.enqueue });
    const durationMs = Math.round(performance.now() - this.startedAt);
    this.log.info({ settledRunId: claim.runId, outcome: outcome.type, durationMs }, 'job settled');
  }

  private async claimRiders(): Promise<Claim[]> {
    const { db, queue, crashes } = this.context;
    if (this.runJob.job !== 'train' || crashes.mustBeAlone(this.claim.runId)) return [];
    const apart = (runId: string) => crashes.mustBeAlone(runId);
    return claimRiders(db, { leader: this.claim, jobId: this.runJob.jobId, queue, apart });
  }

  /** Notes that the process died; the failure when it keeps dying at the run's place. */
  private async failureOfDeath(claim: Claim, death: ChildDiedError): Promise<Failure | null> {
    const { step, isHopeless } = await this.noteCrash(claim);
    return isHopeless ? { code: 'process_died', message: crashMessage(death), step, retryable: true } : null;
  }

  private async noteCrash({ runId }: Claim): Promise<{ step: number; isHopeless: boolean }> {
    const { db, crashes } = this.context;
    const run = await db.prisma.run.findUnique({ where: { id: runId }, select: { step: true, stage: true } });
    const step = run?.step ?? 0;
    return { step, isHopeless: crashes.isHopeless(runId, `${run?.stage}/${step}`) };
  }

  private logLost(claim: Claim, error: unknown): void {
    const isFenced = error instanceof FencedError;
    const fields = { settledRunId: claim.runId, ...(isFenced ? {} : { err: error }) };
    this.log.warn(fields, isFenced ? 'run was taken over by another worker' : 'run could not be settled');
  }
}

const crashMessage = (error: Error) =>
  `${error.message}, several times at the same place. The machine may be short of memory: free some, or use a smaller dictionary or batch, and resume.`;
