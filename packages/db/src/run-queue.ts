import type { JobName } from '@featurescope/contracts';
import type { Transaction } from './client.ts';

/** Adds a run's job in the transaction that is given. */
export type EnqueueRunJob = (transaction: Transaction, name: JobName, runId: string) => Promise<void>;

/** What the queue holds for a run. */
export interface RunJobs {
  /** A worker has a job of the run, or the job that it rides on, or had it and is not missed yet. */
  isActive: boolean;
  /** A job of the run waits for a worker. */
  isWaiting: boolean;
}

/** The job queue as the runs' repository needs it. */
export interface RunQueue {
  enqueue: EnqueueRunJob;
  /** Removes the run's jobs that wait. */
  withdraw(transaction: Transaction, runId: string): Promise<void>;
  /** The run's jobs as the transaction sees them. */
  jobsOf(transaction: Transaction, runId: string): Promise<RunJobs>;
}
