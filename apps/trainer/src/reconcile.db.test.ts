import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beginRunJob, claimRiders, createDb, FencedError, fenced, resumeRun, stopRun } from '@featurescope/db';
import { Store } from '@featurescope/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from './log.ts';
import { type Queue, runQueue, startQueue } from './queue.ts';
import { reconcileRuns, startReconciliation } from './reconcile.ts';
import { startWorker } from './worker/start-worker.ts';
import { createSmallRun, createSmallSubject } from './worker/testing/small-run.ts';

const databaseUrl = process.env.DATABASE_URL as string;
const dataDirectory = mkdtempSync(path.join(tmpdir(), 'featurescope-reconcile-'));
const db = createDb(databaseUrl);
const log = createLog('worker', 'fatal');
let queue: Queue;
let subject: Awaited<ReturnType<typeof createSmallSubject>>;

beforeAll(async () => {
  subject = await createSmallSubject(db, new Store(dataDirectory));
  queue = await startQueue({ databaseUrl, onError: () => {} });
});
afterAll(async () => {
  await queue.stop();
  await db.close();
  rmSync(dataDirectory, { recursive: true, force: true });
});

const readRun = (id: string) => db.prisma.run.findUniqueOrThrow({ where: { id } });
const reconcile = () => reconcileRuns({ db, queue, log });

async function launch(options: Parameters<typeof createSmallRun>[2] = {}): Promise<string> {
  const runId = await createSmallRun(db, subject, options);
  await db.prisma.$transaction((transaction) => queue.enqueue(transaction, 'train', { runId }));
  return runId;
}

/** Names of the run's jobs that wait or are worked on. */
async function liveJobs(runId: string): Promise<string[]> {
  const { rows } = await db.pool.query<{ job: string }>(
    `SELECT "name" || ' ' || "state"::text AS job FROM pgboss.job
     WHERE "singleton_key" = $1 AND "state" IN ('created', 'retry', 'active') ORDER BY 1`,
    [runId],
  );
  return rows.map(({ job }) => job);
}

const dropJobs = (runId: string) => db.pool.query('DELETE FROM pgboss.job WHERE "singleton_key" = $1', [runId]);

/** As a worker does that takes the run and dies: its job is active, the run is running, and nobody is there. */
async function taken(runId: string) {
  await queue.boss.fetch('train');
  return (await beginRunJob(db, runId, 'train'))!.claim;
}

async function remove(runId: string): Promise<void> {
  await dropJobs(runId);
  await db.prisma.run.delete({ where: { id: runId } });
}

test('a run whose job is gone gets one, however many look at the same time, and one that has a job is left alone', async () => {
  const runId = await launch();
  await reconcile();
  expect([await liveJobs(runId), (await readRun(runId)).lastSeq]).toEqual([['train created'], 0]);

  await dropJobs(runId);
  await Promise.all(Array.from({ length: 4 }, reconcile));
  expect(await liveJobs(runId)).toEqual(['train created']);
  const events = await db.prisma.event.findMany({ where: { subjectId: runId } });
  expect(events.map(({ type, payload }) => [type, (payload as { level: string }).level])).toEqual([['log', 'warning']]);

  await taken(runId);
  await Promise.all(Array.from({ length: 4 }, reconcile));
  expect(await liveJobs(runId)).toEqual(['train active']);
  await remove(runId);
});

test('the job that is added belongs to the stage in which the run stopped', async () => {
  const runId = await createSmallRun(db, subject);
  await db.prisma.run.update({ where: { id: runId }, data: { status: 'running', stage: 'label' } });
  await reconcile();
  expect(await liveJobs(runId)).toEqual(['label created']);
  await remove(runId);
});

test('resume gives a run that waits or runs a job when it has none, and no second one when it has', async () => {
  const runId = await launch();
  const resume = () => resumeRun(db, runId, runQueue(queue));
  await dropJobs(runId);
  await Promise.all([resume(), resume(), resume()]);
  expect(await liveJobs(runId)).toEqual(['train created']);

  await taken(runId);
  expect(await resume()).toBe('done');
  expect(await liveJobs(runId)).toEqual(['train active']);
  await dropJobs(runId);
  expect(await resume()).toBe('done');
  expect([await liveJobs(runId), (await readRun(runId)).status]).toEqual([['train created'], 'running']);
  await remove(runId);
});

test('a run that was to pause or cancel settles when nobody has its job, and whoever still writes for it is shut out', async () => {
  for (const [wanted, status] of [
    ['pause', 'paused'],
    ['cancel', 'cancelled'],
  ] as const) {
    const runId = await launch();
    const claim = await taken(runId);
    await stopRun(db, runId, wanted);
    await reconcile();
    expect((await readRun(runId)).status).toBe('running');

    // What supervision does with the job of a worker that is missed.
    await queue.boss.fail('train', (await queue.boss.findJobs('train', { data: { runId } }))[0].id);
    expect(await liveJobs(runId)).toEqual(['train retry']);
    await reconcile();
    expect(await readRun(runId)).toMatchObject({ status, progress: null });
    await expect(fenced(db, claim, async () => undefined)).rejects.toThrow(FencedError);
    expect(await beginRunJob(db, runId, 'train')).toBeNull();

    // The job that waited for its next attempt makes way for a new one.
    await resumeRun(db, runId, runQueue(queue));
    expect(await liveJobs(runId)).toEqual(['train created']);
    await remove(runId);
  }
});

/** Two runs of a sweep, of which the second rides on the first one's job. */
async function ridingPair() {
  const sweepId = randomUUID();
  const [leader, rider] = [await launch({ sweepId }), await launch({ sweepId })];
  const ride = async () => {
    const [job] = await queue.boss.fetch<{ runId: string }>('train');
    if (job?.data.runId !== leader) throw new Error('the leader’s job was to be taken');
    const claim = (await beginRunJob(db, leader, 'train'))!.claim;
    const claims = await claimRiders(db, { leader: claim, jobId: job.id, queue: runQueue(queue), apart: () => false });
    return { jobId: job.id, claims };
  };
  return { leader, rider, ride };
}

test('a run that rides on the job of another is cared for as long as that job is active', async () => {
  const { leader, rider, ride } = await ridingPair();
  const { jobId, claims } = await ride();
  expect(claims).toEqual([{ runId: rider, fence: 1 }]);
  await reconcile();
  await resumeRun(db, rider, runQueue(queue));
  expect([await liveJobs(leader), await liveJobs(rider)]).toEqual([['train active'], []]);
  expect((await readRun(rider)).status).toBe('running');

  await queue.boss.fail('train', jobId);
  await Promise.all(Array.from({ length: 4 }, reconcile));
  expect([await liveJobs(leader), await liveJobs(rider)]).toEqual([['train retry'], ['train created']]);

  for (const runId of [leader, rider]) await remove(runId);
});

test('a run that was to pause while it rode settles when the job is lost, and whoever writes for it is shut out', async () => {
  const { leader, rider, ride } = await ridingPair();
  const { jobId, claims } = await ride();
  await stopRun(db, rider, 'pause');
  await reconcile();
  expect((await readRun(rider)).status).toBe('running');
  await queue.boss.fail('train', jobId);
  await reconcile();
  expect(await readRun(rider)).toMatchObject({ status: 'paused', ridesOnJob: null });
  await expect(fenced(db, claims[0], async () => undefined)).rejects.toThrow(FencedError);
  for (const runId of [leader, rider]) await remove(runId);
});

test('another attempt at a job takes along who stands at its checkpoint, and gives the others jobs of their own', async () => {
  const { leader, rider, ride } = await ridingPair();
  const { jobId } = await ride();
  const retry = async () => {
    await queue.boss.fail('train', jobId);
    await db.pool.query(`UPDATE pgboss.job SET "start_after" = now() WHERE "id" = $1`, [jobId]);
  };
  await retry();
  expect((await ride()).claims).toEqual([{ runId: rider, fence: 2 }]);
  expect(await liveJobs(rider)).toEqual([]);

  await db.prisma.checkpoint.create({ data: { runId: rider, step: 5, path: 'x', sizeBytes: 1, sha256: 'x' } });
  await retry();
  expect((await ride()).claims).toEqual([]);
  expect([await liveJobs(leader), await liveJobs(rider)]).toEqual([['train active'], ['train created']]);
  expect(await readRun(rider)).toMatchObject({ status: 'queued', ridesOnJob: null });
  for (const runId of [leader, rider]) await remove(runId);
});

test('runs of a sweep that are claimed from several sides at once are claimed once', async () => {
  const sweepId = randomUUID();
  const runIds: string[] = [];
  for (let i = 0; i < 12; i++) runIds.push(await launch({ sweepId }));
  const jobs = await queue.boss.fetch<{ runId: string }>('train', { batchSize: 4 });
  const claimed = await Promise.all(
    jobs.map(async ({ id, data }) => {
      const leader = (await beginRunJob(db, data.runId, 'train'))!.claim;
      return [leader, ...(await claimRiders(db, { leader, jobId: id, queue: runQueue(queue), apart: () => false }))];
    }),
  );
  const claims = claimed.flat();
  expect(new Set(claims.map(({ runId }) => runId)).size).toBe(claims.length);
  for (const { runId, fence } of claims) expect(await readRun(runId)).toMatchObject({ fence, status: 'running' });
  // Whoever was locked by one side while the others looked has kept its job.
  for (const runId of runIds)
    if (!claims.some((claim) => claim.runId === runId)) expect(await liveJobs(runId)).toEqual(['train created']);
  for (const runId of runIds) await remove(runId);
});

test('runs whose jobs vanished, one waiting and one at work, are trained to their end anyway', {
  timeout: 300_000,
}, async () => {
  const waiting = await launch({ nSteps: 20, nLatents: 32 });
  await dropJobs(waiting);
  const env = { ...process.env, DATABASE_URL: databaseUrl, FEATURESCOPE_DATA: dataDirectory, LOG_LEVEL: 'fatal' };
  const abandoned = await launch({ nSteps: 20, nLatents: 32 });
  await taken(abandoned);
  await dropJobs(abandoned);
  const worker = await startWorker({ db, queue, log, env });
  const reconciliation = startReconciliation({ db, queue, log });
  try {
    for (const runId of [waiting, abandoned])
      for (;;) {
        const { stage, failure } = await readRun(runId);
        if (stage === 'index' || stage === 'label' || stage === 'done') break;
        expect(failure).toBeNull();
        await sleep(50);
      }
  } finally {
    await reconciliation.stop();
    await worker.stop();
  }
});
