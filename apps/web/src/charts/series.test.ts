import { expect, it } from 'vitest';
import { downsample, smoothSeries } from './series.ts';

const ramp = (n: number) => Array.from({ length: n }, (_, i) => ({ x: i, raw: i }));

it('leaves a short series as it is: the average of a point is the point', () => {
  expect(smoothSeries(ramp(3)).map((p) => p.smooth)).toEqual([0, 1, 2]);
});

it('smooths a long series without pulling its start to zero', () => {
  const flat = smoothSeries(Array.from({ length: 500 }, (_, x) => ({ x, raw: 7 })));
  expect(flat.every((p) => Math.abs(p.smooth - 7) < 1e-9)).toBe(true);
});

it('keeps spikes, order and the last point when it thins', () => {
  const points = smoothSeries(ramp(10_000).map((p) => ({ ...p, raw: p.x === 4321 ? 1e6 : Math.sin(p.x) })));
  const thin = downsample(points, 100);
  expect(thin.length).toBeLessThanOrEqual(201);
  expect(Math.max(...thin.map((p) => p.raw))).toBe(1e6);
  expect(thin.at(-1)?.x).toBe(9999);
  expect(thin.every((p, i) => i === 0 || p.x > thin[i - 1].x)).toBe(true);
});
