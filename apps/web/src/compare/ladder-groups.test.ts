import type { ComparableRun } from '@featurescope/contracts';
import { expect, test } from 'vitest';
import { ladderGroups } from './ladder-groups.ts';

const run = (name: string, nLatents: number, more: Partial<ComparableRun> = {}) =>
  ({ name, nLatents, place: 'm h', hasDictionary: true, ...more }) as ComparableRun;

test('places with two sizes or more, from small to large; unfinished runs do not count', () => {
  const groups = ladderGroups([
    run('large', 2048),
    run('small', 512),
    run('alone', 512, { place: 'm other' }),
    run('unfinished', 1024, { place: 'm other', hasDictionary: false }),
    run('twin', 512, { place: 'n h' }),
    run('twin too', 512, { place: 'n h' }),
  ]);
  expect(groups.map(({ runs }) => runs.map(({ name }) => name))).toEqual([['small', 'large']]);
});
