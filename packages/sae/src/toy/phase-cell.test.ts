import { expect, it } from 'vitest';
import { trainPhaseCell } from './phase-cell.ts';

const phase = (density: number, importance: number, output: 'linear' | 'relu' = 'relu') =>
  trainPhaseCell({ density, importance, output, seed: 1 }).phase;

it('gives the dimension to the more important of two dense features, and both share it when they are rare', () => {
  expect(phase(1, 0.2)).toBe('ignored');
  expect(phase(1, 5)).toBe('dedicated');
  expect(phase(0.02, 1)).toBe('superposed');
  expect(phase(0.02, 0.3)).toBe('superposed');
});

it('never superposes with a linear output, however rare the features are', () => {
  for (const density of [1, 0.1, 0.02]) {
    expect(phase(density, 0.3, 'linear')).toBe('ignored');
    expect(phase(density, 3, 'linear')).toBe('dedicated');
  }
});
