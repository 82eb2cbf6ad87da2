import { createDb } from '@featurescope/db';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Queue, startQueue } from './queue.ts';

const databaseUrl = process.env.DATABASE_URL as string;
const db = createDb(databaseUrl);
let queue: Queue;

beforeAll(async () => {
  // Two processes that start at once must not trip over each other's table creation.
  const [first, second] = await Promise.all([
    startQueue({ databaseUrl, onError: () => {} }),
    startQueue({ databaseUrl, onError: () => {} }),
  ]);
  queue = first;
  await second.stop();
});
afterAll(async () => {
  await queue.stop();
  await db.close();
});

const runId = '6f0f5f3e-9a53-4a58-8f6c-0a3bb4a4a001';

test('a job exists exactly when the transaction that added it commits', async () => {
  const rolledBack = db.prisma.$transaction(async (transaction) => {
    await queue.enqueue(transaction, 'train', { runId });
    throw new Error('no run after all');
  });
  await expect(rolledBack).rejects.toThrow('no run after all');
  expect(await queue.length()).toBe(0);

  await db.prisma.$transaction((transaction) => queue.enqueue(transaction, 'train', { runId }));
  expect(await queue.length()).toBe(1);
  const [job] = await queue.boss.fetch('train', { includeMetadata: true });
  expect(job).toMatchObject({ data: { runId }, heartbeatSeconds: 10, retryLimit: 20, expireInSeconds: 86_400 });
});

test('a run waits once, however often it is asked for, and again while an attempt is active', async () => {
  const again = () => db.prisma.$transaction((transaction) => queue.enqueue(transaction, 'label', { runId }));
  await again();
  await again();
  expect(await queue.boss.fetch('label', { batchSize: 5 })).toHaveLength(1);
  await again();
  expect(await queue.boss.fetch('label', { batchSize: 5 })).toHaveLength(1);
});

test('a payload that the catalogue does not know is refused', async () => {
  const bad = { runId, prompt: 'text does not belong into a job' };
  await expect(db.prisma.$transaction((transaction) => queue.enqueue(transaction, 'index', bad))).rejects.toThrow();
});
