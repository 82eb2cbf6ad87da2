import { type Db, reconcileRun, unfinishedRunIds } from '@featurescope/db';
import type { Log } from './log.ts';
import { type Queue, runQueue } from './queue.ts';

/** A look costs one query, and one more for each unfinished run. */
const intervalMs = 5_000;

export interface Reconciliation {
  stop(): Promise<void>;
}

export interface ReconciliationOptions {
  db: Db;
  queue: Queue;
  log: Log;
  /** Looked after in the same rhythm. */
  alsoDo?: () => Promise<void>;
}

/** At once, then every 5 s: gives runs that lost their job another, and ends those that nobody is there to end. Several
 *  processes may do it at the same time. */
export function startReconciliation({ db, queue, log, alsoDo }: ReconciliationOptions): Reconciliation {
  let timer: NodeJS.Timeout | undefined;
  let isStopping = false;
  const look = async () => {
    try {
      await reconcileRuns({ db, queue, log });
      await alsoDo?.();
    } catch (error) {
      if (!isStopping) log.warn({ err: error }, 'could not look after runs that were left behind');
    }
    if (!isStopping) timer = setTimeout(() => (looking = look()), intervalMs);
  };
  let looking = look();
  return {
    async stop() {
      isStopping = true;
      clearTimeout(timer);
      await looking;
    },
  };
}

/** One look at all unfinished runs. */
export async function reconcileRuns({
  db,
  queue,
  log,
}: Pick<ReconciliationOptions, 'db' | 'queue' | 'log'>): Promise<void> {
  for (const runId of await unfinishedRunIds(db)) {
    const done = await reconcileRun(db, runId, runQueue(queue));
    if (done) log.warn({ runId, done }, 'a run had been left behind');
  }
}
