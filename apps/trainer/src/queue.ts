import { analysisJob, type JobName, jobCatalogue, jobNames, rankingJob } from '@featurescope/contracts';
import type { EnqueueAnalysis, RunJobs, RunQueue, Transaction } from '@featurescope/db';
import { fromPrisma, PgBoss } from 'pg-boss';
import type { z } from 'zod';

export type JobPayload<Name extends JobName> = z.infer<(typeof jobCatalogue)[Name]['schema']>;

export interface QueueOptions {
  databaseUrl: string;
  /** Told of errors outside a call: a lost connection, a failed supervision. */
  onError: (error: Error) => void;
  /** Connections of the queue's own pool. Default 3. */
  maxConnections?: number;
}

/** The job queue of the catalogue in `contracts`, on the product's own PostgreSQL (schema `pgboss`). */
export interface Queue {
  /** For workers: `boss.work`, heartbeats included. */
  boss: PgBoss;
  /** Adds a job in the caller's transaction: the job exists if and only if the caller's rows do. It replaces whatever job of
   *  the run waits, so that at most one does. */
  enqueue<Name extends JobName>(transaction: Transaction, name: Name, payload: JobPayload<Name>): Promise<void>;
  /** Removes the run's jobs that wait for a worker, or for their next attempt. */
  withdraw(transaction: Transaction, runId: string): Promise<void>;
  /** Whether a worker has a job of the run or the one it rides on, or one waits, as the caller's transaction sees it. */
  jobsOf(transaction: Transaction, runId: string): Promise<RunJobs>;
  /** The same for the job of an analysis. */
  enqueueAnalysis: EnqueueAnalysis;
  /** Whether a worker has the analysis's job, or it waits, as the caller's transaction sees it. */
  hasAnalysisJob(transaction: Transaction, analysisId: string): Promise<boolean>;
  /** Adds the job of a ranking in the caller's transaction. */
  enqueueRanking(transaction: Transaction, checkId: string): Promise<void>;
  /** Whether a ranking's job waits or is at work. */
  hasRanking(checkId: string): Promise<boolean>;
  /** Jobs that wait for a worker. */
  length(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts the queue: installs or upgrades its tables, creates the catalogue's queues. Safe in several processes at once. */
export async function startQueue(options: QueueOptions): Promise<Queue> {
  const boss = new PgBoss({
    connectionString: options.databaseUrl,
    application_name: 'featurescope-queue',
    max: options.maxConnections ?? 3,
    schedule: false,
    // A lost job is noticed by supervision: heartbeat (10 s) + these, so about 14 s after a worker died.
    superviseIntervalSeconds: 2,
    monitorIntervalSeconds: 2,
    // Workers wake at once when a job is added, instead of at their next poll.
    useListenNotify: true,
  });
  boss.on('error', options.onError);
  await boss.start();
  // "short": a run waits in a queue once at most, however often it is paused and resumed.
  for (const name of jobNames) await boss.createQueue(name, { policy: 'short', notify: true, ...queueOptions(name) });
  for (const job of [analysisJob, rankingJob])
    await boss.createQueue(job.name, { policy: 'short', notify: true, ...retries(job) });
  const withdraw = async (transaction: Transaction, runId: string) => {
    await transaction.$executeRaw`
      DELETE FROM pgboss.job WHERE "name" = ANY(${jobNames}) AND "singleton_key" = ${runId}
        AND "state" IN ('created', 'retry')`;
  };
  return {
    boss,
    withdraw,
    async enqueue(transaction, name, payload) {
      const data = jobCatalogue[name].schema.parse(payload);
      // Also one that waits for its next attempt: asked for anew, a run does not sit out the pause after a failure.
      await withdraw(transaction, data.runId);
      // Null when another transaction was faster: then the job is there, too.
      await boss.send(name, data, {
        ...queueOptions(name),
        singletonKey: data.runId,
        db: fromPrisma(transaction),
      });
    },
    async jobsOf(transaction, runId) {
      const rows = await transaction.$queryRaw<{ state: string }[]>`
        SELECT DISTINCT "state"::text AS "state" FROM pgboss.job
        WHERE "name" = ANY(${jobNames}) AND "singleton_key" = ${runId} AND "state" IN ('created', 'retry', 'active')
        UNION
        SELECT "state"::text FROM pgboss.job
        WHERE "name" = 'train' AND "state" = 'active' AND "id" = (SELECT "ridesOnJob" FROM "Run" WHERE "id" = ${runId}::uuid)`;
      return {
        isActive: rows.some(({ state }) => state === 'active'),
        isWaiting: rows.some(({ state }) => state !== 'active'),
      };
    },
    async enqueueAnalysis(transaction, analysisId) {
      const data = analysisJob.schema.parse({ analysisId });
      const options = { ...retries(analysisJob), singletonKey: analysisId, db: fromPrisma(transaction) };
      await boss.send(analysisJob.name, data, options);
    },
    async hasAnalysisJob(transaction, analysisId) {
      const rows = await transaction.$queryRaw<unknown[]>`
        SELECT 1 FROM pgboss.job WHERE "name" = ${analysisJob.name} AND "singleton_key" = ${analysisId}
          AND "state" IN ('created', 'retry', 'active')`;
      return rows.length > 0;
    },
    async enqueueRanking(transaction, checkId) {
      const data = rankingJob.schema.parse({ checkId });
      const options = { ...retries(rankingJob), singletonKey: checkId, db: fromPrisma(transaction) };
      await boss.send(rankingJob.name, data, options);
    },
    async hasRanking(checkId) {
      const { rows } = await boss.getDb().executeSql(
        `SELECT 1 FROM pgboss.job WHERE "name" = $1 AND "singleton_key" = $2
           AND "state" IN ('created', 'retry', 'active') LIMIT 1`,
        [rankingJob.name, checkId],
      );
      return rows.length > 0;
    },
    async length() {
      const { rows } = await boss
        .getDb()
        .executeSql(
          `SELECT count(*)::int AS n FROM pgboss.job WHERE name = ANY($1) AND state IN ('created', 'retry')`,
          [[...jobNames, analysisJob.name, rankingJob.name]],
        );
      return rows[0].n;
    },
    stop: () => boss.stop({ graceful: false, close: true }),
  };
}

/** The queue in the shape in which the runs' repository asks for it. */
export function runQueue(queue: Pick<Queue, 'enqueue' | 'withdraw' | 'jobsOf'>): RunQueue {
  return {
    enqueue: (transaction, name, runId) => queue.enqueue(transaction, name, { runId }),
    withdraw: (transaction, runId) => queue.withdraw(transaction, runId),
    jobsOf: (transaction, runId) => queue.jobsOf(transaction, runId),
  };
}

const queueOptions = (name: JobName) => retries(jobCatalogue[name]);

function retries(job: { heartbeatSeconds: number; retryLimit: number; expireHours: number }) {
  return {
    heartbeatSeconds: job.heartbeatSeconds,
    retryLimit: job.retryLimit,
    retryDelay: 1,
    retryBackoff: true,
    retryDelayMax: 60,
    expireInSeconds: job.expireHours * 3600,
  };
}
