import { expect, it } from 'vitest';
import { strongestFeatures } from './strongest-features.ts';

const token = (features: [number, number][]) => ({
  tokenId: 1,
  text: 'x',
  special: false,
  features: features.map(([index, activation]) => ({ index, activation, label: null })),
});

it('keeps each feature once, at its highest, strongest first, ties by index', () => {
  const found = strongestFeatures([
    token([
      [3, 1],
      [7, 2],
    ]),
    token([
      [3, 5],
      [1, 2],
    ]),
  ]);
  expect(found.map((f) => [f.index, f.activation])).toEqual([
    [3, 5],
    [1, 2],
    [7, 2],
  ]);
});
