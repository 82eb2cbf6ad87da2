import { expect, test } from 'vitest';
import { Resident } from './resident.ts';

/** Loads values of 10 bytes and notes what happens to them. */
function tracked(maxBytes: number) {
  const resident = new Resident<string>(maxBytes);
  const log: string[] = [];
  const use = (key: string, work: (value: string) => Promise<unknown> = async () => undefined) =>
    resident.use(
      key,
      async () => {
        log.push(`load ${key}`);
        return { value: key, sizeBytes: 10, dispose: () => void log.push(`dispose ${key}`) };
      },
      work,
    );
  return { resident, log, use };
}

test('what was used longest ago goes first when the limit is passed', async () => {
  const { log, use } = tracked(20);
  for (const key of ['a', 'b', 'a', 'c', 'a']) await use(key);
  expect(log).toEqual(['load a', 'load b', 'load c', 'dispose b']);
});

test('two users share one loading, and what is in use is not let go of', async () => {
  const { log, use } = tracked(10);
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const users = [use('a', () => held), use('a', () => held)];
  await use('b');
  expect(log).toEqual(['load a', 'load b', 'dispose b']);
  release();
  await Promise.all(users);
  await use('c');
  expect(log).toEqual(['load a', 'load b', 'dispose b', 'load c', 'dispose a']);
});

test('a failed loading is tried again', async () => {
  const resident = new Resident<number>(100);
  const fail = () => Promise.reject(new Error('no file'));
  await expect(resident.use('a', fail, async () => 1)).rejects.toThrow('no file');
  const load = async () => ({ value: 2, sizeBytes: 1, dispose: () => {} });
  expect(await resident.use('a', load, async (value) => value)).toBe(2);
});
