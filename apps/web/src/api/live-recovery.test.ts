import type { RecoveryPoint } from '@featurescope/contracts';
import { expect, it } from 'vitest';
import { mergeRecovery } from './live-recovery.ts';

const point = (step: number, recovery = 0): RecoveryPoint => ({
  step,
  recovery,
  ...{ mcc: 0, uniqueness: 0, f1: 0, bestMatch: 0, l0: 0, trueL0: 0, nAlive: 0, fvu: 0 },
});

it('keeps points in order and the later one of a step that was taken twice', () => {
  const known = [point(0), point(10, 0.4), point(20, 0.5)];
  expect(mergeRecovery(known, [point(15, 0.45), point(20, 0.6)])).toEqual([
    point(0),
    point(10, 0.4),
    point(15, 0.45),
    point(20, 0.6),
  ]);
  expect(mergeRecovery(known, [])).toBe(known);
});
