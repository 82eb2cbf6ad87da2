import { expect, test } from 'vitest';
import { powerOfTen } from './power-of-ten.ts';

test('powers are written as such, others as numbers', () => {
  expect([-3, -12, 0, 2, -0.5].map(powerOfTen)).toEqual(['10⁻³', '10⁻¹²', '1', '10²', '0.32']);
});
