import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { createDb } from './client.ts';
import { claimRun, FencedError, fenced } from './fencing.ts';
import { upsertMetrics } from './metrics.ts';
import { createTestRun } from './run-fixture.testing.ts';

const db = createDb(process.env.DATABASE_URL as string);
afterAll(() => db.close());

const point = (step: number, loss: number) => ({
  step,
  tokens: step * 100,
  loss,
  mse: 1,
  fvu: 1,
  l0: 1,
  l1: 1,
  auxLoss: 0,
  deadShare: 0,
  gradNorm: 1,
  learningRate: 1,
  tokensPerSecond: null,
});

test('a worker that lost its run cannot write, the one that took it can', async () => {
  const runId = await createTestRun(db);
  const first = (await claimRun(db, runId))!;
  await fenced(db, first, (transaction) => upsertMetrics(transaction, runId, [point(1, 10)]));
  const second = (await claimRun(db, runId))!;
  const late = fenced(db, first, (transaction) => upsertMetrics(transaction, runId, [point(1, 999)]));
  await expect(late).rejects.toThrow(FencedError);
  await fenced(db, second, (transaction) => upsertMetrics(transaction, runId, [point(1, 11), point(2, 9)]));
  const losses = await db.prisma.metric.findMany({ where: { runId }, orderBy: { step: 'asc' } });
  expect(losses.map((metric) => metric.loss)).toEqual([11, 9]);
});

test('a claim waits for a write that is under way, so that the write is whole', async () => {
  const runId = await createTestRun(db);
  const first = (await claimRun(db, runId))!;
  const order: string[] = [];
  let ended: Promise<unknown> | undefined;
  await fenced(db, first, async (transaction) => {
    const claiming = claimRun(db, runId).then(() => order.push('claimed'));
    await somebodyWaits();
    await upsertMetrics(transaction, runId, [point(1, 10)]);
    order.push('written');
    ended = claiming;
  });
  await ended;
  expect(order).toEqual(['written', 'claimed']);
});

/** Returns when a statement waits for a lock that another transaction of this database holds. */
async function somebodyWaits(): Promise<void> {
  const waiting = `SELECT 1 FROM pg_stat_activity WHERE "datname" = current_database() AND "wait_event_type" = 'Lock'`;
  while ((await db.pool.query(waiting)).rows.length === 0) await sleep(5);
}

test('there is nothing to claim, and nothing to write to, once the run is deleted', async () => {
  expect(await claimRun(db, randomUUID())).toBeNull();
  const runId = await createTestRun(db);
  const claim = (await claimRun(db, runId))!;
  await db.prisma.run.delete({ where: { id: runId } });
  await expect(fenced(db, claim, async () => undefined)).rejects.toThrow(FencedError);
});
