import { expect, test } from 'vitest';
import { WorkQueue } from './work-queue.ts';

test('runs so many at once, the others in order, and refuses what is too much', async () => {
  const queue = new WorkQueue({ maxRunning: 2, maxWaiting: 2 });
  const started: number[] = [];
  const finish: (() => void)[] = [];
  const works = Array.from({ length: 4 }, (_, i) =>
    queue.run(() => {
      started.push(i);
      return new Promise<void>((resolve) => {
        finish[i] = resolve;
      });
    }),
  );
  expect(started).toEqual([0, 1]);
  await expect(queue.run(async () => {})).rejects.toMatchObject({ code: 'too_many_requests' });
  finish[1]();
  await works[1];
  await Promise.resolve();
  expect(started).toEqual([0, 1, 2]);
  finish[0]();
  await works[0];
  await Promise.resolve();
  expect(started).toEqual([0, 1, 2, 3]);
  finish[2]();
  finish[3]();
  await Promise.all(works);
  expect(await queue.run(async () => 'free again')).toBe('free again');
});

test('work that fails gives its place back', async () => {
  const queue = new WorkQueue({ maxRunning: 1, maxWaiting: 0 });
  await expect(queue.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await queue.run(async () => 'next')).toBe('next');
});
