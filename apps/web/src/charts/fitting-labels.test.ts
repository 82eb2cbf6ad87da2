import { expect, it } from 'vitest';
import { fittingLabels } from './fitting-labels.ts';

it('names a range only where its name fits', () => {
  const ranges = [
    { from: 0, to: 2, label: '0–25' },
    { from: 2, to: 3, label: '25–50' },
    { from: 3, to: 10, label: '50–75' },
  ];
  expect(fittingLabels(ranges, { end: 10, pixels: 200 })).toEqual([true, false, true]);
  expect(fittingLabels(ranges, { end: 10, pixels: 1000 })).toEqual([true, true, true]);
  expect(fittingLabels(ranges, { end: 10, pixels: 20 })).toEqual([false, false, false]);
});
