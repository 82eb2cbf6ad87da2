import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDb } from './client.ts';
import { createTestRun } from './run-fixture.testing.ts';
import { openSteeringHold } from './steering-hold.ts';
import { beginSteering, failAbandonedSteering, failSteering, finishSteering } from './steering-results.ts';

const databaseUrl = process.env.DATABASE_URL as string;
const db = createDb(databaseUrl);
const hold = openSteeringHold(db, () => {});
let runId: string;
beforeAll(async () => {
  runId = await createTestRun(db);
});
afterAll(async () => {
  await hold.close();
  await db.close();
});

async function createExperiment({ createdAt = new Date() } = {}): Promise<string> {
  const id = randomUUID();
  await db.prisma.steeringExperiment.create({ data: { id, runId, request: {}, status: 'running', createdAt } });
  return id;
}

const read = (id: string) => db.prisma.steeringExperiment.findUniqueOrThrow({ where: { id } });
const eventTypes = async (subjectId: string) =>
  (await db.prisma.event.findMany({ where: { subjectId }, orderBy: { seq: 'asc' } })).map(({ type }) => type);

test('an experiment ends with the process that works on it, killed or not, and not before', async () => {
  const id = await createExperiment();
  const code = `
    import { createDb } from '${path.resolve(import.meta.dirname, 'client.ts')}';
    import { openSteeringHold } from '${path.resolve(import.meta.dirname, 'steering-hold.ts')}';
    const hold = openSteeringHold(createDb(process.env.DATABASE_URL), () => {});
    await hold.hold('${id}');
    process.send('held');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', code], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  await once(child, 'message');
  await beginSteering(db, id, [{ tokenId: 1, text: 'a' }]);
  expect(await failAbandonedSteering(db)).toEqual([]);
  expect((await read(id)).status).toBe('running');

  child.kill('SIGKILL');
  await once(child, 'exit');
  // PostgreSQL notices the closed connection in its own time.
  let failed: string[] = [];
  while (failed.length === 0) failed = await failAbandonedSteering(db);
  expect(failed).toEqual([id]);
  expect(await read(id)).toMatchObject({ status: 'failed', failure: { code: 'inference_unavailable' } });
  expect(await eventTypes(id)).toEqual(['prompt', 'failed']);
});

test('one that waits to be taken on is given a minute and a half', async () => {
  const fresh = await createExperiment();
  const old = await createExperiment({ createdAt: new Date(Date.now() - 91_000) });
  expect(await failAbandonedSteering(db)).toEqual([old]);
  expect((await read(fresh)).status).toBe('running');
  await failSteering(db, fresh, { code: 'internal', message: 'the test is over' });
});

test('what is held stays held when the connection breaks, and is free once released', async () => {
  const id = await createExperiment({ createdAt: new Date(0) });
  await hold.hold(id);
  const holders = `SELECT "pid" FROM pg_stat_activity WHERE "application_name" = 'featurescope-steering' AND "datname" = current_database()`;
  const before = (await db.pool.query(holders)).rows[0].pid;
  await db.pool.query('SELECT pg_terminate_backend($1)', [before]);
  for (;;) {
    const { rows } = await db.pool.query(
      `SELECT 1 FROM pg_locks WHERE "locktype" = 'advisory' AND "granted" AND "pid" IN (${holders}) AND "pid" <> ${before}`,
    );
    if (rows.length > 0) break;
    await sleep(20);
  }
  expect(await failAbandonedSteering(db)).toEqual([]);
  await hold.release(id);
  expect(await failAbandonedSteering(db)).toEqual([id]);
});

test('an experiment that was given up does not succeed afterwards', async () => {
  const id = await createExperiment();
  await failSteering(db, id, { code: 'inference_unavailable', message: 'gone' });
  const result = {
    firstDivergence: null,
    diff: [],
    achieved: [],
    klPerToken: [],
    perplexity: { baseline: 1, steered: 1, control: null },
  };
  await finishSteering(db, id, { lanes: { baseline: [], steered: [], control: null }, result });
  expect((await read(id)).status).toBe('failed');
  expect(await eventTypes(id)).toEqual(['failed']);
});
