import { randomUUID } from 'node:crypto';
import { createDb, removeWorker, reportWorker } from '@featurescope/db';
import { parseEnv } from './env.ts';
import { createLog } from './log.ts';
import { startQueue } from './queue.ts';
import { startReconciliation } from './reconcile.ts';
import { startWorker } from './worker/start-worker.ts';

const env = parseEnv(process.env);
const log = createLog('worker', env.logLevel);
const db = createDb(env.databaseUrl, {
  applicationName: 'featurescope-worker',
  onError: (error) => log.warn({ err: error }, 'a database connection broke'),
});
const queue = await startQueue({
  databaseUrl: env.databaseUrl,
  onError: (error) => log.warn({ err: error }, 'the queue reported an error'),
});
const workerId = randomUUID();
const worker = await startWorker({ db, queue, log, env: process.env });
const reconciliation = startReconciliation({ db, queue, log });

const presenceIntervalMs = 10_000;
const reportPresence = () =>
  reportWorker(db, workerId).catch((error) => log.warn({ err: error }, 'could not report the worker as alive'));
await reportPresence();
const presence = setInterval(reportPresence, presenceIntervalMs);
log.info({ workerId }, 'worker takes jobs');
// The launcher waits for every process to say that it is up; a worker has no port.
process.send?.({ type: 'listening', port: 0 });

let isStopping = false;
async function stop(signal: string): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  log.info({ signal }, 'worker stops');
  clearInterval(presence);
  await Promise.all([worker.stop(), reconciliation.stop()]);
  await removeWorker(db, workerId).catch(() => {});
  await queue.stop();
  await db.close();
  log.info('worker stopped');
  process.exit(0);
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
// A launcher that was killed leaves no worker behind.
if (process.send) process.on('disconnect', () => stop('disconnect'));
