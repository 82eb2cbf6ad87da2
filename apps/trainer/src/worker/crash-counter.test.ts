import { expect, test } from 'vitest';
import { CrashCounter } from './crash-counter.ts';

test('a run that dies at one place trains alone from the third attempt on, and is given up after the fifth death', () => {
  const crashes = new CrashCounter();
  const deaths = Array.from({ length: 5 }, () => {
    const isHopeless = crashes.isHopeless('run', 'train/100');
    return [crashes.mustBeAlone('run'), isHopeless];
  });
  expect(deaths).toEqual([
    [false, false],
    [true, false],
    [true, false],
    [true, false],
    [true, true],
  ]);
  expect(crashes.mustBeAlone('another')).toBe(false);
});

test('getting further, or an outcome, begins the count anew', () => {
  const crashes = new CrashCounter();
  for (const place of ['train/100', 'train/100', 'train/200']) crashes.isHopeless('run', place);
  expect(crashes.mustBeAlone('run')).toBe(false);
  crashes.isHopeless('run', 'train/200');
  expect(crashes.mustBeAlone('run')).toBe(true);
  crashes.clear('run');
  expect(crashes.mustBeAlone('run')).toBe(false);
});
