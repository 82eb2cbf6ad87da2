import { type JobName, jobCatalogue, jobNames } from '@featurescope/contracts';
import type { Queue } from '../queue.ts';

/** Does one job. It may be called again for the same payload. `lostSignal` aborts when the queue gives the job away. */
export type JobHandler = (payload: { runId: string }, lostSignal: AbortSignal) => Promise<void>;

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
      await handler(jobCatalogue[name].schema.parse(job.data), job.signal);
    });
  }
}

/** No further jobs are taken; those at work go on. */
export async function stopConsuming(queue: Queue): Promise<void> {
  await Promise.all(jobNames.map((name) => queue.boss.offWork(name, { wait: false })));
}
