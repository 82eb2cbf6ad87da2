import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createDb, resumeRun, stopRun } from '@featurescope/db';
import { readDictionary, Store } from '@featurescope/store';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Queue, runQueue, startQueue } from '../queue.ts';
import { ChildDiedError } from './job-child.ts';
import { createSmallRun, createSmallSubject, type SmallRunOptions } from './testing/small-run.ts';
import { type TrainWorker, trainWorker, until } from './testing/train-jobs.ts';

const databaseUrl = process.env.DATABASE_URL as string;
const dataDirectory = mkdtempSync(path.join(tmpdir(), 'featurescope-sweep-'));
const store = new Store(dataDirectory);
const db = createDb(databaseUrl);
const env = { ...process.env, DATABASE_URL: databaseUrl, FEATURESCOPE_DATA: dataDirectory, LOG_LEVEL: 'fatal' };
let queue: Queue;
let takeJob: TrainWorker['takeJob'];
let takeJobs: TrainWorker['takeJobs'];
let subject: Awaited<ReturnType<typeof createSmallSubject>>;

beforeAll(async () => {
  subject = await createSmallSubject(db, store);
  queue = await startQueue({ databaseUrl, onError: () => {} });
  ({ takeJob, takeJobs } = trainWorker({ db, queue, env }));
});
beforeEach(() => db.pool.query('DELETE FROM pgboss.job'));
afterAll(async () => {
  await queue.stop();
  await db.close();
  rmSync(dataDirectory, { recursive: true, force: true });
});

const enqueue = (runId: string) =>
  db.prisma.$transaction((transaction) => queue.enqueue(transaction, 'train', { runId }));

async function launch(variants: SmallRunOptions[], common: SmallRunOptions = {}): Promise<string[]> {
  const runIds: string[] = [];
  for (const variant of variants) runIds.push(await createSmallRun(db, subject, { ...common, ...variant }));
  for (const runId of runIds) await enqueue(runId);
  return runIds;
}
const launchSweep = (variants: SmallRunOptions[], common: SmallRunOptions = {}) =>
  launch(variants, { ...common, sweepId: randomUUID() });

const readRun = (id: string) => db.prisma.run.findUniqueOrThrow({ where: { id } });
const statesOf = (runIds: string[]) =>
  Promise.all(runIds.map(readRun)).then((runs) => runs.map(({ status, stage }) => `${status} ${stage}`));
const savedStepOf = async (runId: string) =>
  (await db.prisma.checkpoint.findFirstOrThrow({ where: { runId }, orderBy: { step: 'desc' } })).step;
const isAt = (runId: string, step: number) => async () => (await readRun(runId)).step >= step;

/** All that a run learnt and showed of it: its curve, its dictionary's bytes, its evaluation. */
async function resultOf(runId: string) {
  const files = await readDictionary(store.dictionaryDirectory(runId));
  return {
    curve: await curveOf(runId),
    dictionary: files && createHash('sha256').update(files['sae_weights.safetensors']).digest('hex'),
    evaluation: (await readRun(runId)).evaluation,
  };
}

async function curveOf(runId: string) {
  const points = await db.prisma.metric.findMany({ where: { runId }, orderBy: { step: 'asc' } });
  return points.map(({ runId: _, tokensPerSecond: __, ...figures }) => figures);
}

async function toldOf(runId: string, pattern: RegExp): Promise<string[]> {
  const events = await db.prisma.event.findMany({ where: { subjectId: runId, type: 'log' }, orderBy: { seq: 'asc' } });
  return events.map(({ payload }) => (payload as { message: string }).message).filter((text) => pattern.test(text));
}
const passesOf = async (runId: string) => Number((await toldOf(runId, /forward passes/))[0].match(/took (\d+)/)?.[1]);

test('one pass over the model trains a sweep, with the results of each run trained alone', {
  timeout: 300_000,
}, async () => {
  const variants = [
    { k: 8, nLatents: 96 },
    { k: 4, nLatents: 200, learningRate: 0.003 },
    { l1Coefficient: 0.5, nLatents: 96 },
  ];
  const alone = await launch(variants, { nSteps: 80 });
  for (const runId of alone) {
    const attempt = await takeJob();
    expect(attempt.leader).toBe(runId);
    await attempt.ended;
  }

  const diverging = { learningRate: 1 };
  const sweep = await launchSweep([...variants, diverging], { nSteps: 80 });
  await (await takeJob()).ended;
  expect(await queue.boss.fetch('train')).toEqual([]);

  const together = sweep.slice(0, 3);
  expect(await statesOf(together)).toEqual(Array(3).fill('running index'));
  for (const [i, runId] of together.entries()) expect(await resultOf(runId)).toEqual(await resultOf(alone[i]));
  expect((await resultOf(sweep[0])).curve).toHaveLength(80);
  const passes = await passesOf(alone[0]);
  expect(passes).toBeGreaterThan(1);
  expect(await Promise.all(together.map(passesOf))).toEqual([passes, passes, passes]);
  expect(await toldOf(sweep[0], /made once for 3 dictionaries/)).toHaveLength(1);
  expect(await readRun(sweep[3])).toMatchObject({ status: 'failed', failure: { code: 'diverged' }, ridesOnJob: null });
});

test('a sweep that stores its activations harvests them once, with the results of a run that reuses them', {
  timeout: 300_000,
}, async () => {
  const stored = { nSteps: 40, activations: 'store' } as const;
  const sweep = await launchSweep([{ nLatents: 96 }, { nLatents: 64 }], stored);
  await (await takeJob()).ended;
  expect(await statesOf(sweep)).toEqual(['running index', 'running index']);
  for (const runId of sweep) {
    const { activationUse } = await readRun(runId);
    expect(activationUse).toMatchObject({ reused: 0, notKept: 0 });
    expect((activationUse as { harvested: number }).harvested).toBeGreaterThan(0);
  }

  const [alone] = await launch([{ nLatents: 64 }], stored);
  await (await takeJob()).ended;
  expect(await resultOf(alone)).toEqual(await resultOf(sweep[1]));
  const { activationUse } = await readRun(alone);
  expect(activationUse).toMatchObject({ harvested: 0, notKept: 0 });
});

test('a run that is paused, cancelled or deleted leaves the others at work, and goes on alone with the same steps', {
  timeout: 300_000,
}, async () => {
  const [first, paused, twin, deleted] = await launchSweep([{ nLatents: 64 }, {}, {}, { l1Coefficient: 0.5 }], {
    nSteps: 100_000,
  });
  const attempt = await takeJob();
  expect(attempt.leader).toBe(first);
  await until(isAt(twin, 250), attempt.ended);
  await stopRun(db, first, 'cancel');
  await stopRun(db, paused, 'pause');
  await db.prisma.run.delete({ where: { id: deleted } });
  const left = performance.now();
  await until(async () => (await statesOf([first, paused])).join() === 'cancelled train,paused train', attempt.ended);
  expect(performance.now() - left).toBeLessThan(3000);
  expect(await readDictionary(store.dictionaryDirectory(first))).not.toBeNull();
  const { step } = await readRun(paused);

  // The others go on in the process of the job whose run was cancelled.
  await until(isAt(twin, step + 500), attempt.ended);
  await resumeRun(db, paused, runQueue(queue));
  const second = await takeJob();
  expect(second.leader).toBe(paused);
  await until(isAt(paused, step + 250), second.ended);
  expect(await toldOf(paused, /^Resumed/)).toEqual([`Resumed from the checkpoint at step ${step}`]);
  for (const runId of [paused, twin]) await stopRun(db, runId, 'cancel');
  await Promise.all([attempt.ended, second.ended]);

  const [resumed, undisturbed] = [await curveOf(paused), await curveOf(twin)];
  expect(resumed.at(-1)?.step).toBeGreaterThan(step);
  expect(resumed).toEqual(undisturbed.slice(0, resumed.length));
});

test('a sweep whose worker stops and whose process is killed goes on together from its checkpoints', {
  timeout: 300_000,
}, async () => {
  const common = { nSteps: 40_000 };
  const sweep = await launchSweep([{}, { nLatents: 160 }, { k: 4 }], common);
  const stopping = new AbortController();
  const first = await takeJob(stopping.signal);
  await until(isAt(sweep[2], 100), first.ended);
  stopping.abort();
  await first.ended;
  const stoppedAt = (await readRun(sweep[0])).step;
  expect(await statesOf(sweep)).toEqual(Array(3).fill('queued train'));

  const second = await takeJob();
  await until(isAt(sweep[2], stoppedAt + 200), second.ended);
  process.kill(await second.childPid, 'SIGKILL');
  await expect(second.ended).rejects.toThrow(ChildDiedError);
  // That of the stop, unless the machine was so slow that another was due.
  const savedAt = await savedStepOf(sweep[0]);

  await until(async () => (await queue.length()) > 0);
  const third = await takeJob();
  const reached = stoppedAt + 300;
  await until(isAt(sweep[2], reached), third.ended);
  for (const runId of sweep) await stopRun(db, runId, 'cancel');
  await third.ended;
  expect(await statesOf(sweep)).toEqual(Array(3).fill('cancelled train'));
  const resumed = [stoppedAt, savedAt].map((step) => `Resumed from the checkpoint at step ${step}`);
  for (const runId of sweep) expect(await toldOf(runId, /^Resumed/)).toEqual(resumed);
  expect(await toldOf(sweep[0], /together with 2 more/)).toHaveLength(3);

  const [alone] = await launch([{}], common);
  const undisturbed = await takeJob();
  await until(isAt(alone, reached), undisturbed.ended);
  await stopRun(db, alone, 'cancel');
  await undisturbed.ended;
  const upTo = (curve: Awaited<ReturnType<typeof curveOf>>) => curve.filter((point) => point.step <= reached);
  expect(upTo(await curveOf(sweep[0]))).toEqual(upTo(await curveOf(alone)));
});

test('a run whose checkpoint is lost leaves its group and is trained by itself', { timeout: 300_000 }, async () => {
  const sweep = await launchSweep([{}, { k: 4 }, { k: 2 }], { nSteps: 40_000 });
  const stopping = new AbortController();
  const first = await takeJob(stopping.signal);
  await until(isAt(sweep[0], 100), first.ended);
  stopping.abort();
  await first.ended;
  const { step } = await readRun(sweep[0]);
  rmSync(store.checkpointsDirectory(sweep[2]), { recursive: true });

  const second = await takeJob();
  await until(isAt(sweep[1], step + 100), second.ended);
  expect(await statesOf(sweep)).toEqual(['running train', 'running train', 'queued train']);
  const third = await takeJob();
  expect(third.leader).toBe(sweep[2]);
  await until(async () => (await statesOf([sweep[2]]))[0] === 'running train', third.ended);
  await until(async () => (await toldOf(sweep[0], /together with 1 more/)).length === 1, third.ended);
  for (const runId of sweep) await stopRun(db, runId, 'cancel');
  await Promise.all([second.ended, third.ended]);
  expect(await statesOf(sweep)).toEqual(Array(3).fill('cancelled train'));
  expect(await toldOf(sweep[2], /^Resumed/)).toEqual([]);
});

test('two workers that take jobs of a sweep at the same time train each run once', { timeout: 300_000 }, async () => {
  const sweep = await launchSweep([{}, {}, {}, {}], { nSteps: 40 });
  const attempts = await takeJobs(2);
  expect(new Set(attempts.map(({ leader }) => leader)).size).toBe(2);
  await Promise.all(attempts.map(({ ended }) => ended));
  // What a worker found taken by the other when it looked has kept its job.
  while ((await queue.length()) > 4) await (await takeJob()).ended;
  expect(await statesOf(sweep)).toEqual(Array(4).fill('running index'));
  for (const runId of sweep) {
    expect(await toldOf(runId, /forward passes/)).toHaveLength(1);
    expect(await curveOf(runId)).toEqual(await curveOf(sweep[0]));
  }
});
