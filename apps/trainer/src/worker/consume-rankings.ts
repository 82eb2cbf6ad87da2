import { fork } from 'node:child_process';
import path from 'node:path';
import { rankingJob } from '@featurescope/contracts';
import { claimCausalCheck, type Db, failCausalCheck } from '@featurescope/db';
import type { Log } from '../log.ts';
import type { Queue } from '../queue.ts';

const childFile = path.join(import.meta.dirname, 'child', 'ranking.ts');
/** Longest wait between two looks at the queue, should a notification go missing. */
const pollingIntervalSeconds = 2;

interface RankingContext {
  db: Db;
  queue: Queue;
  log: Log;
  /** Of the child processes. */
  env: NodeJS.ProcessEnv;
  stopSignal: AbortSignal;
}

/** Takes rankings, one at a time, each in a process of its own. An attempt begins anew: a ranking takes minutes, and the same request
 *  gives the same result. */
export async function consumeRankings({ db, queue, log, env, stopSignal }: RankingContext): Promise<void> {
  const options = {
    pollingIntervalSeconds,
    notifyPollingIntervalSeconds: pollingIntervalSeconds,
    heartbeatRefreshSeconds: rankingJob.heartbeatSeconds / 4,
    includeMetadata: true as const,
  };
  await queue.boss.work(rankingJob.name, options, async ([job]) => {
    const { checkId } = rankingJob.schema.parse(job.data);
    const claim = await claimCausalCheck(db, checkId);
    if (claim === null) return;
    log.info({ checkId }, 'ranking started');
    try {
      await runChild([checkId, String(claim.fence)], { env, signals: [stopSignal, job.signal] });
    } catch (error) {
      // Worth another attempt, unless it was the last.
      if (job.retryCount < rankingJob.retryLimit) throw error;
      log.error({ err: error, checkId }, 'a ranking failed for the last time');
      const message = 'The ranking failed again and again; the log of the worker says why. Run it again.';
      await failCausalCheck(db, claim, { code: 'worker_error', message });
    }
  });
}

export async function stopConsumingRankings(queue: Queue): Promise<void> {
  await queue.boss.offWork(rankingJob.name, { wait: true });
}

/** Resolves when the child has settled the ranking. Throws when it died, or was killed because the worker stops or lost the job. */
function runChild(args: string[], { env, signals }: { env: NodeJS.ProcessEnv; signals: AbortSignal[] }): Promise<void> {
  const child = fork(childFile, args, {
    execArgv: ['--import', import.meta.resolve('tsx')],
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const kill = () => child.kill('SIGKILL');
  const signal = AbortSignal.any(signals);
  if (signal.aborted) kill();
  else signal.addEventListener('abort', kill, { once: true });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, killedBy) => {
      signal.removeEventListener('abort', kill);
      if (code === 0) resolve();
      else reject(new Error(`The ranking's process ended with ${killedBy ?? `code ${code}`}`));
    });
  });
}
