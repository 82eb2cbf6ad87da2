import { type JobName, jobCatalogue, jobNames } from '@featurescope/contracts';
import type { Queue } from '../queue.ts';

/** One attempt at a job. It may come again with the same payload. */
export interface JobAttempt {
  runId: string;
  /** The same for every attempt at this job. */
  jobId: string;
  isLastAttempt: boolean;
  /** Aborts when the queue has given the job away. */
  lostSignal: AbortSignal;
}

export type JobHandler = (attempt: JobAttempt) => Promise<void>;

/** Longest wait between two looks at the queue, should a notification go missing. */
const pollingIntervalSeconds = 2;

/** Takes jobs of every kind in the catalogue, one of each kind at a time. Throws when a handler is missing. */
export async function consumeJobs(queue: Queue, handlers: Partial<Record<JobName, JobHandler>>): Promise<void> {
  const missing = jobNames.filter((name) => !handlers[name]);
  if (missing.length > 0) throw new Error(`There is no handler for the jobs ${missing.join(', ')}`);
  for (const name of jobNames) {
    const handler = handlers[name] as JobHandler;
    const options = {
      pollingIntervalSeconds,
      notifyPollingIntervalSeconds: pollingIntervalSeconds,
      heartbeatRefreshSeconds: jobCatalogue[name].heartbeatSeconds / 4,
    };
    await queue.boss.work(name, options, async ([job]) => {
      const { runId } = jobCatalogue[name].schema.parse(job.data);
      const isLastAttempt = job.retryCount >= jobCatalogue[name].retryLimit;
      await handler({ runId, jobId: job.id, isLastAttempt, lostSignal: job.signal });
    });
  }
}

/** Takes no further jobs; resolves when those at work are done and the queue knows it. */
export async function stopConsuming(queue: Queue): Promise<void> {
  await Promise.all(jobNames.map((name) => queue.boss.offWork(name, { wait: true })));
}
