import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '@featurescope/db';
import { pino } from 'pino';
import { type Queue, runQueue } from '../../queue.ts';
import { CrashCounter } from '../crash-counter.ts';
import { handleRunJob } from '../handle-job.ts';

export interface TrainAttempt {
  /** The run whose job it is. */
  leader: string;
  /** Of the process that trains; resolves when it has been started. */
  childPid: Promise<number>;
  /** Settles when the queue knows how the attempt ended: rejects where it is to be tried again. */
  ended: Promise<void>;
}

export interface TrainWorker {
  /** Takes a train job and does it. */
  takeJob(stopSignal?: AbortSignal): Promise<TrainAttempt>;
  /** Takes as many, and then does all of them at the same time, as that many workers. */
  takeJobs(count: number): Promise<TrainAttempt[]>;
}

/** A worker of train jobs alone, which takes them when it is told to. */
export function trainWorker(parts: { db: Db; queue: Queue; env: NodeJS.ProcessEnv }): TrainWorker {
  const crashes = new CrashCounter();
  const { db, queue, env } = parts;

  async function fetchJobs(count: number) {
    const jobs = await queue.boss.fetch<{ runId: string }>('train', { includeMetadata: true, batchSize: count });
    if (jobs.length < count) throw new Error(`${jobs.length} train jobs wait, not ${count}`);
    return jobs;
  }

  function begin(
    job: Awaited<ReturnType<typeof fetchJobs>>[number],
    stopSignal = new AbortController().signal,
  ): TrainAttempt {
    const { runId } = job.data;
    let log = pino({ enabled: false });
    const childPid = new Promise<number>((resolve) => {
      const write = (line: string) => {
        const fields: { childPid?: number } = JSON.parse(line);
        if (fields.childPid) resolve(fields.childPid);
      };
      log = pino({ level: 'info' }, { write });
    });
    const context = { db, env, log, crashes, stopSignal, queue: runQueue(queue) };
    const heartbeat = setInterval(() => queue.boss.touch('train', job.id).catch(() => {}), 2_000);
    const run = {
      job: 'train' as const,
      runId,
      jobId: job.id,
      isLastAttempt: false,
      lostSignal: new AbortController().signal,
    };
    const ended = handleRunJob(context, run)
      .then(
        () => queue.boss.complete('train', job.id),
        async (error) => {
          await queue.boss.fail('train', job.id);
          throw error;
        },
      )
      .then(() => {})
      .finally(() => clearInterval(heartbeat));
    ended.catch(() => {});
    return { leader: runId, childPid, ended };
  }

  return {
    takeJob: async (stopSignal) => begin((await fetchJobs(1))[0], stopSignal),
    takeJobs: async (count) => (await fetchJobs(count)).map((job) => begin(job)),
  };
}

/** Waits until a look says yes; throws when `ended` comes first. */
export async function until(look: () => Promise<boolean>, ended?: Promise<unknown>): Promise<void> {
  let hasEnded = false;
  const end = () => {
    hasEnded = true;
  };
  ended?.then(end, end);
  while (!(await look())) {
    if (hasEnded && !(await look())) throw new Error('It ended before');
    await sleep(10);
  }
}
