import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDb, stopRun } from '@featurescope/db';
import { Store } from '@featurescope/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Queue, startQueue } from '../queue.ts';
import { createSmallRun, createSmallSubject } from './testing/small-run.ts';

const databaseUrl = process.env.DATABASE_URL as string;
const dataDirectory = mkdtempSync(path.join(tmpdir(), 'featurescope-takeover-'));
const store = new Store(dataDirectory);
const db = createDb(databaseUrl);
const processes: ChildProcess[] = [];
let queue: Queue;

beforeAll(async () => {
  queue = await startQueue({ databaseUrl, onError: () => {} });
});
afterAll(async () => {
  for (const child of processes) child.kill('SIGKILL');
  await queue.stop();
  await db.close();
  rmSync(dataDirectory, { recursive: true, force: true });
});

/** A worker as the launcher starts it; resolves when it takes jobs. */
async function startWorkerProcess(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', path.resolve(import.meta.dirname, '../worker.ts')], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, DATABASE_URL: databaseUrl, FEATURESCOPE_DATA: dataDirectory, LOG_LEVEL: 'warn' },
  });
  processes.push(child);
  const [message] = await once(child, 'message');
  expect(message).toMatchObject({ type: 'listening' });
  return child;
}

async function trainsBeyond(runId: string, step: number): Promise<number> {
  for (;;) {
    const run = await db.prisma.run.findUniqueOrThrow({ where: { id: runId } });
    if (run.failure) throw new Error(JSON.stringify(run.failure));
    if (run.step > step) return run.step;
    await sleep(50);
  }
}

const checkpointOf = async (runId: string) =>
  (await db.prisma.checkpoint.findFirst({ where: { runId }, orderBy: { step: 'desc' } }))?.step ?? 0;

test('a worker that stops hands its run over at once, one that is killed loses it to another', {
  timeout: 300_000,
}, async () => {
  const subject = await createSmallSubject(db, store);
  const runId = await createSmallRun(db, subject, { nSteps: 500_000 });
  await db.prisma.$transaction((transaction) => queue.enqueue(transaction, 'train', { runId }));
  const first = await startWorkerProcess();
  await trainsBeyond(runId, 20);

  // Stopped in order: within 5 s, with a checkpoint, and the run waits for the next worker.
  const stoppedAt = performance.now();
  first.kill('SIGTERM');
  const [code] = await once(first, 'exit');
  expect(code).toBe(0);
  expect(performance.now() - stoppedAt).toBeLessThan(5000);
  const handedOver = await db.prisma.run.findUniqueOrThrow({ where: { id: runId } });
  expect(handedOver.status).toBe('queued');
  expect(await checkpointOf(runId)).toBe(handedOver.step);

  const second = await startWorkerProcess();
  const reached = await trainsBeyond(runId, handedOver.step + 20);

  // Killed: nobody tells the queue, which misses its heartbeats after 10 s. The fence keeps what it might still write out.
  second.kill('SIGKILL');
  const before = await db.prisma.run.findUniqueOrThrow({ where: { id: runId } });
  await startWorkerProcess();
  for (;;) {
    const { fence } = await db.prisma.run.findUniqueOrThrow({ where: { id: runId } });
    if (fence > before.fence) break;
    await sleep(50);
  }
  await trainsBeyond(runId, reached + 20);
  await stopRun(db, runId, 'cancel');
  for (;;) {
    const { status } = await db.prisma.run.findUniqueOrThrow({ where: { id: runId } });
    if (status === 'cancelled') break;
    await sleep(50);
  }
});

test('of a worker that is killed, another takes over all runs that were trained together', {
  timeout: 300_000,
}, async () => {
  // Those of the test before.
  for (const child of processes) child.kill('SIGKILL');
  const subject = await createSmallSubject(db, store);
  const sweepId = randomUUID();
  const runIds: string[] = [];
  for (const k of [8, 4]) runIds.push(await createSmallRun(db, subject, { nSteps: 500_000, k, sweepId }));
  for (const runId of runIds)
    await db.prisma.$transaction((transaction) => queue.enqueue(transaction, 'train', { runId }));
  const first = await startWorkerProcess();
  const readRuns = () => db.prisma.run.findMany({ where: { sweepId }, orderBy: { k: 'desc' } });
  const ridersOf = async () => (await readRuns()).filter((run) => run.ridesOnJob !== null).length;
  for (const runId of runIds) await trainsBeyond(runId, 20);
  expect(await ridersOf()).toBe(1);

  first.kill('SIGKILL');
  const before = await readRuns();
  await startWorkerProcess();
  for (;;) {
    const now = await readRuns();
    if (now.every((run, i) => run.fence > before[i].fence && run.status === 'running')) break;
    await sleep(50);
  }
  expect(await ridersOf()).toBe(1);
  for (const [i, runId] of runIds.entries()) await trainsBeyond(runId, before[i].step);
  for (const runId of runIds) await stopRun(db, runId, 'cancel');
  for (;;) {
    if ((await readRuns()).every(({ status }) => status === 'cancelled')) break;
    await sleep(50);
  }
});
