import { expect, test } from 'vitest';
import { startQueue } from '../queue.ts';
import { consumeJobs } from './consume-jobs.ts';

test('a worker without a handler for every kind of job does not start', async () => {
  const queue = await startQueue({ databaseUrl: process.env.DATABASE_URL as string, onError: () => {} });
  try {
    await expect(consumeJobs(queue, { train: async () => {} })).rejects.toThrow('index, label');
  } finally {
    await queue.stop();
  }
});
