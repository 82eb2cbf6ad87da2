import { expect, it } from 'vitest';
import { RotaryTables } from './rotary-tables.ts';

const settings = (theta: number) => ({ theta, rotaryDim: 16, scaling: { type: 'default' as const } });

it('grow with the longest text up to the context, and are shared by blocks with the same settings', () => {
  const [local, global] = [settings(100), settings(10_000)];
  const tables = new RotaryTables({ headDim: 16, contextSize: 5000 }, (layer) => (layer === 2 ? global : local));
  const first = tables.of(0, 10);
  expect(first.cos_0.dims).toEqual([2048, 8]);
  expect(tables.of(1, 2048)).toBe(first);
  expect(Object.keys(tables.of(2, 10))).toEqual(['cos_2', 'sin_2']);
  const grown = tables.of(1, 2049);
  expect(grown.sin_0.dims).toEqual([4096, 8]);
  expect(grown.sin_0.data.slice(0, 2048 * 8)).toEqual(first.sin_0.data);
  expect(tables.of(0, 4097).cos_0.dims).toEqual([5000, 8]);
});

it('are none without rotary positions', () => {
  expect(new RotaryTables({ headDim: 16, contextSize: 64 }).of(0, 5)).toEqual({});
});
