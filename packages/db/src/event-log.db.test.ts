import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { createDb } from './client.ts';
import { decodeEventKey, eventChannel } from './event-channel.ts';
import { appendEvent } from './event-log.ts';
import { createTestRun } from './run-fixture.testing.ts';

const databaseUrl = process.env.DATABASE_URL as string;
const db = createDb(databaseUrl);
afterAll(() => db.close());

const logged = (message: string) => ({ type: 'log' as const, payload: { level: 'info' as const, message } });

test('events of many writers get the numbers 1 to n without gaps, and each is announced once', async () => {
  const runId = await createTestRun(db);
  const listener = new pg.Client({ connectionString: databaseUrl });
  await listener.connect();
  const announced: number[] = [];
  listener.on('notification', ({ payload }) => {
    const key = decodeEventKey(payload ?? '');
    if (key?.subjectId === runId) announced.push(key.seq);
  });
  await listener.query(`LISTEN ${eventChannel}`);

  const append = (i: number) =>
    db.prisma.$transaction((transaction) => appendEvent(transaction, { kind: 'run', id: runId }, logged(`${i}`)));
  const seqs = await Promise.all(Array.from({ length: 40 }, (_, i) => append(i)));
  expect([...seqs].sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  const rows = await db.prisma.event.findMany({ where: { subjectId: runId }, orderBy: { seq: 'asc' } });
  expect(rows.map((row) => row.seq)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  expect((await db.prisma.run.findUniqueOrThrow({ where: { id: runId } })).lastSeq).toBe(40);
  // A query after the commits: notifications that precede it have arrived by its answer.
  await listener.query('SELECT 1');
  expect(announced).toEqual(rows.map((row) => row.seq));
  await listener.end();
});

test('a rolled-back event leaves no number behind', async () => {
  const runId = await createTestRun(db);
  const rolledBack = db.prisma.$transaction(async (transaction) => {
    await appendEvent(transaction, { kind: 'run', id: runId }, logged('never'));
    throw new Error('changed my mind');
  });
  await expect(rolledBack).rejects.toThrow('changed my mind');
  const subject = { kind: 'run' as const, id: runId };
  expect(await db.prisma.$transaction((transaction) => appendEvent(transaction, subject, logged('first')))).toBe(1);
  const [row] = await db.prisma.event.findMany({ where: { subjectId: runId } });
  expect(row.payload).toEqual({ level: 'info', message: 'first' });
});

test('an event of a subject that does not exist is refused', async () => {
  const append = db.prisma.$transaction((transaction) =>
    appendEvent(
      transaction,
      { kind: 'steering', id: randomUUID() },
      { type: 'failed', payload: { code: 'x', message: 'y' } },
    ),
  );
  await expect(append).rejects.toThrow(RangeError);
});
