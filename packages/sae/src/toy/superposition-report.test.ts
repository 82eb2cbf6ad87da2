import { expect, it } from 'vitest';
import { findPolytopes } from './polytopes.ts';
import { superpositionReport } from './superposition-report.ts';

const report = (...rows: number[][]) =>
  superpositionReport({ weights: Float32Array.from(rows.flat()), bias: new Float32Array(rows.length) });

const corners = (n: number) =>
  Array.from({ length: n }, (_, i) => [Math.cos((2 * Math.PI * i) / n), Math.sin((2 * Math.PI * i) / n)]);

it('measures a digon beside a feature with a dimension of its own', () => {
  const { gram, norms, interference, dimensionality, dimensionsPerFeature, nRepresented } = report(
    [1, 0],
    [-1, 0],
    [0, 0.8],
  );
  expect([...gram].map((value) => Number(value.toFixed(2)))).toEqual([1, -1, 0, -1, 1, 0, 0, 0, 0.64]);
  expect(norms[2]).toBeCloseTo(0.8);
  // (ŵ₁·W₂)² = 1; D₁ = 1 / (1 + 1).
  expect([...interference]).toEqual([1, 1, 0]);
  expect(dimensionality[0]).toBe(0.5);
  expect(dimensionality[2]).toBeCloseTo(1);
  expect(dimensionsPerFeature).toBeCloseTo(2 / 2.64);
  expect(nRepresented).toBe(3);
});

it('reads interference along the unit direction, whatever the lengths', () => {
  const { interference, dimensionality } = report([1, 0], [-0.5, 0]);
  // (ŵ₁·W₂)² = ¼ and (ŵ₂·W₁)² = 1; D = 1 / 1¼ and ¼ / 1¼.
  expect([...interference]).toEqual([0.25, 1]);
  expect(dimensionality[0]).toBeCloseTo(0.8);
  expect(dimensionality[1]).toBeCloseTo(0.2);
});

it('gives a missing feature neither share nor interference', () => {
  const { dimensionality, interference, nRepresented } = report([1, 0], [0, 0]);
  expect([...dimensionality]).toEqual([1, 0]);
  expect([...interference]).toEqual([0, 0]);
  expect(nRepresented).toBe(1);
});

it('gives each corner of a regular polygon 2/n of a dimension', () => {
  for (const n of [3, 5, 7])
    for (const share of report(...corners(n)).dimensionality) expect(share).toBeCloseTo(2 / n, 5);
});

it('names the shapes that features form, and tells apart what shares no dimension', () => {
  const pad = (rows: number[][], before: number, after: number) =>
    rows.map((row) => [...new Array(before).fill(0), ...row, ...new Array(after).fill(0)]);
  const s = Math.sqrt(1 / 3);
  const tetrahedron = [
    [s, s, s],
    [s, -s, -s],
    [-s, s, -s],
    [-s, -s, s],
  ];
  const found = findPolytopes(
    report(
      ...pad(corners(5), 0, 7),
      ...pad(tetrahedron, 2, 4),
      ...pad(corners(3), 5, 2),
      ...pad([[1], [-1]], 7, 1),
      ...pad([[1], [0.1]], 8, 0),
    ),
  );
  expect(found.map(({ name }) => name)).toEqual(['pentagon', 'tetrahedron', 'triangle', 'digon', 'single']);
  expect(found[1].dimensions).toBeCloseTo(3, 4);
  // The last row is too short to be there.
  expect(found.flatMap(({ features }) => features)).toHaveLength(15);
});
