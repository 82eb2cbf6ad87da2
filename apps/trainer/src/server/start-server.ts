import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createDb, type Db, failAbandonedSteering, reviveAnalyses } from '@featurescope/db';
import { failAbandonedChecks } from '../causal/abandoned-checks.ts';
import type { Env } from '../env.ts';
import type { Log } from '../log.ts';
import { type Queue, startQueue } from '../queue.ts';
import { startReconciliation } from '../reconcile.ts';
import { buildApp } from './app.ts';
import { createContext } from './create-context.ts';
import { prepareFirstLook } from './prepare-first-look.ts';
import { RequestGuard } from './request-guard.ts';
import { removeLeftoverFiles } from './services/leftover-files.ts';
import { EventHub } from './websocket/event-hub.ts';

export interface RunningServer {
  port: number;
  stop(): Promise<void>;
}

/** Starts everything the server consists of and listens. Models and the bundled dataset follow in the background. */
export async function startServer(env: Env, log: Log): Promise<RunningServer> {
  const onError = (error: Error) => log.warn({ err: error }, 'database connection failed');
  const db = createDb(env.databaseUrl, { applicationName: 'featurescope-server', onError });
  const queue = await startQueue({ databaseUrl: env.databaseUrl, onError });
  const version = await readVersion();
  const context = createContext({ env, db, queue, log, version });
  await context.store.create();
  // Before the first request: an upload that has just begun looks like one that was cut short.
  await context.datasets.removeUnfinished();
  await removeLeftoverFiles(db, context.store);
  await context.dictionaryUploads.removeOld();
  const hub = new EventHub(db, log);
  hub.start();
  const guard = new RequestGuard({ host: env.host, extraHosts: env.extraHosts, token: env.token });
  const { webUrl, isDevelopment } = env;
  const app = await buildApp({ context, guard, hub, log, version, webUrl, isDevelopment });
  await app.listen({ host: env.host, port: env.port });
  const address = app.server.address();
  const port = typeof address === 'object' && address ? address.port : env.port;
  log.info({ host: env.host, port }, 'server listens');
  const reconciliation = startReconciliation({ db, queue, log, alsoDo: () => lookAfterOthers({ db, queue, log }) });
  // In the background: a bucket may be far away.
  void context.activations.heal();
  await context.adder.resume();
  const stopping = new AbortController();
  const { bundledModelDirectory: directory, demo } = env;
  prepareFirstLook(context, { directory, demo, signal: stopping.signal }).catch((error) => {
    if (!stopping.signal.aborted) log.error({ err: error }, 'models and bundled dataset could not be prepared');
  });
  return {
    port,
    async stop() {
      stopping.abort();
      await Promise.all([
        app.close(),
        reconciliation.stop(),
        context.adder.close(),
        context.dictionaryDownloads.close(),
      ]);
      await Promise.all([hub.close(), queue.stop()]);
      await db.close();
    },
  };
}

async function lookAfterOthers({ db, queue, log }: { db: Db; queue: Queue; log: Log }): Promise<void> {
  await endAbandoned({ db, queue, log });
  const { enqueueAnalysis: enqueue, hasAnalysisJob: hasJob } = queue;
  const analysisIds = await reviveAnalyses(db, { enqueue, hasJob });
  if (analysisIds.length > 0) log.warn({ analysisIds }, 'analyses had lost their jobs');
}

async function endAbandoned({ db, queue, log }: { db: Db; queue: Queue; log: Log }): Promise<void> {
  const experimentIds = await failAbandonedSteering(db);
  if (experimentIds.length > 0) log.warn({ experimentIds }, 'experiments were left by a process that is gone');
  const checkIds = await failAbandonedChecks(db, queue);
  if (checkIds.length > 0) log.warn({ checkIds }, 'causal checks were left by a process that is gone');
}

async function readVersion(): Promise<string> {
  const file = path.resolve(import.meta.dirname, '../../package.json');
  return (JSON.parse(await readFile(file, 'utf8')) as { version: string }).version;
}
