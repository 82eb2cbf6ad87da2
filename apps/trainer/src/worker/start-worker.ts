import type { JobName } from '@featurescope/contracts';
import type { Db } from '@featurescope/db';
import type { Log } from '../log.ts';
import { type Queue, runQueue } from '../queue.ts';
import { consumeAnalyses, stopConsumingAnalyses } from './analyses/consume-analyses.ts';
import { consumeJobs, type JobHandler, stopConsuming } from './consume-jobs.ts';
import { consumeRankings, stopConsumingRankings } from './consume-rankings.ts';
import { CrashCounter } from './crash-counter.ts';
import { handleRunJob, type JobContext } from './handle-job.ts';

export interface Worker {
  /** Takes no more jobs, lets those at work write a checkpoint, and returns them to the queue. Within about 4 s. */
  stop(): Promise<void>;
}

/** Starts taking jobs. env: the environment of the child processes. */
export async function startWorker(parts: { db: Db; queue: Queue; log: Log; env: NodeJS.ProcessEnv }): Promise<Worker> {
  const stopping = new AbortController();
  const context: JobContext = {
    ...parts,
    queue: runQueue(parts.queue),
    crashes: new CrashCounter(),
    stopSignal: stopping.signal,
  };
  const handle =
    (job: JobName): JobHandler =>
    (attempt) =>
      handleRunJob(context, { job, ...attempt });
  const handlers = { train: handle('train'), index: handle('index'), label: handle('label') };
  await consumeJobs(parts.queue, handlers);
  await consumeAnalyses({ ...parts, stopSignal: stopping.signal });
  await consumeRankings({ ...parts, stopSignal: stopping.signal });
  return {
    async stop() {
      const { queue } = parts;
      const stopped = Promise.all([stopConsuming(queue), stopConsumingAnalyses(queue), stopConsumingRankings(queue)]);
      stopping.abort();
      await stopped;
    },
  };
}
