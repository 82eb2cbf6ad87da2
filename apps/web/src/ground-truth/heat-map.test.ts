import type { TruthRow } from '@featurescope/contracts';
import { expect, it } from 'vitest';
import { heatMapOf } from './heat-map.ts';

const truth = (index: number, latent: number | null, cosines: Record<number, number>): TruthRow => ({
  ...{ index, latent, density: 0.1, precision: 1, recall: 1 },
  cosine: latent === null ? 0 : cosines[latent],
  latents: Object.keys(cosines).map(Number),
  cosines: Object.values(cosines),
});

const truths = [
  truth(4, 7, { 7: 0.99, 2: 0.1, 9: -0.5 }),
  truth(1, 3, { 3: 0.8, 7: 0.2, 5: 0.05 }),
  truth(0, null, { 2: 0.3 }),
];

it('puts each truth’s own latent on the diagonal, then the others by index', () => {
  const map = heatMapOf(truths, 100);
  expect(map.truths).toEqual([4, 1, 0]);
  expect(map.latents).toEqual([7, 3, 2, 5, 9]);
  expect(map.cells).toContainEqual({ row: 0, column: 0, cosine: 0.99 });
  expect(map.cells).toContainEqual({ row: 1, column: 0, cosine: 0.2 });
  expect(map.cells).toContainEqual({ row: 0, column: 4, cosine: -0.5 });
  expect(map.cells).toHaveLength(7);
});

it('leaves out the latents that are furthest from every truth, and what they have', () => {
  const map = heatMapOf(truths, 4);
  expect(map.latents).toEqual([7, 3, 2, 9]);
  expect(map.cells).toHaveLength(6);
  expect(heatMapOf(truths, 1).latents).toEqual([7, 3]);
});
