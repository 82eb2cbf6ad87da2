import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beginRunJob, createDb } from '@featurescope/db';
import { Store } from '@featurescope/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ChildDiedError, runJobChild } from './job-child.ts';
import { createSmallRun, createSmallSubject } from './testing/small-run.ts';

const databaseUrl = process.env.DATABASE_URL as string;
const dataDirectory = mkdtempSync(path.join(tmpdir(), 'featurescope-worker-'));
const store = new Store(dataDirectory);
const db = createDb(databaseUrl);
const env = { ...process.env, DATABASE_URL: databaseUrl, FEATURESCOPE_DATA: dataDirectory, LOG_LEVEL: 'warn' };
let subject: Awaited<ReturnType<typeof createSmallSubject>>;

beforeAll(async () => {
  subject = await createSmallSubject(db, store);
});
afterAll(async () => {
  await db.close();
  rmSync(dataDirectory, { recursive: true, force: true });
});

/** One attempt at a run's training; the returned pid is that of its process. */
async function attempt(runId: string, stopSignal = new AbortController().signal) {
  const begun = await beginRunJob(db, runId, 'train');
  if (begun === null) throw new Error('the run is not waiting for training');
  let pid = 0;
  const outcome = runJobChild({
    job: 'train',
    claim: begun.claim,
    env,
    stopSignal,
    lostSignal: new AbortController().signal,
    onStart: (childPid) => {
      pid = childPid;
    },
  });
  return { pid, outcome };
}

const lossesOf = (runId: string) =>
  db.prisma.metric.findMany({ where: { runId }, orderBy: { step: 'asc' }, select: { step: true, loss: true } });

/** Waits for a step's metrics; throws when the process ends before. */
async function reaches(runId: string, step: number, outcome: Promise<unknown>): Promise<void> {
  let hasEnded = false;
  const end = () => {
    hasEnded = true;
  };
  outcome.then(end, end);
  while (!hasEnded) {
    if ((await db.prisma.metric.count({ where: { runId, step: { gte: step } } })) > 0) return;
    await sleep(5);
  }
  throw new Error(`The process ended before step ${step}`);
}

test('a run that is killed and stopped on its way has the losses of one that is not', {
  timeout: 300_000,
}, async () => {
  const nSteps = 400;
  const options = { nSteps, batchSize: 512, nLatents: 768 };
  const whole = await createSmallRun(db, subject, options);
  const undisturbed = await attempt(whole);
  expect(await undisturbed.outcome).toMatchObject({ type: 'finished' });

  const broken = await createSmallRun(db, subject, options);
  // Stopped in order: a checkpoint is written where it stands.
  const stop = new AbortController();
  const first = await attempt(broken, stop.signal);
  await reaches(broken, 20, first.outcome);
  stop.abort();
  expect(await first.outcome).toEqual({ type: 'stopped' });
  const { step } = await db.prisma.run.findUniqueOrThrow({ where: { id: broken } });
  expect(step).toBeGreaterThanOrEqual(20);
  expect(step).toBeLessThan(nSteps);
  // Killed a few steps later: what followed the checkpoint is done again.
  const killed = await attempt(broken);
  await reaches(broken, Math.min(nSteps - 2, step + 10), killed.outcome);
  process.kill(killed.pid, 'SIGKILL');
  await expect(killed.outcome).rejects.toThrow(ChildDiedError);
  expect(await (await attempt(broken)).outcome).toMatchObject({ type: 'finished' });

  const expected = await lossesOf(whole);
  const resumed = await lossesOf(broken);
  expect(resumed.map((metric) => metric.step)).toEqual(expected.map((metric) => metric.step));
  expect(resumed.length).toBe(nSteps);
  const worst = Math.max(...resumed.map((metric, i) => Math.abs(metric.loss - expected[i].loss) / expected[i].loss));
  // The arithmetic is the same; sums over threads may be ordered differently.
  expect(worst).toBeLessThan(1e-5);
});
