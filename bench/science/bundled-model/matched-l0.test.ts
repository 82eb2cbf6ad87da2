import { expect, it } from 'vitest';
import { coefficientForL0 } from './matched-l0.ts';

it('finds the coefficient of an L0 that falls with it, and tries no more once it is near', async () => {
  const known: { coefficient: number; l0: number }[] = [];
  let nTrainings = 0;
  const l0Of = async (coefficient: number) => {
    nTrainings++;
    return 60 * coefficient ** -1.6 + 2;
  };
  for (const target of [16, 32, 64]) {
    const { coefficient, l0 } = await coefficientForL0(target, { known }, l0Of);
    expect(Math.abs(Math.log(l0 / target))).toBeLessThanOrEqual(0.05);
    expect(await l0Of(coefficient)).toBe(l0);
  }
  const soFar = nTrainings;
  await coefficientForL0(32, { known }, l0Of);
  expect(nTrainings).toBe(soFar);
});

it('gives the nearest where none is near', async () => {
  const { l0 } = await coefficientForL0(64, { known: [] }, async () => 10);
  expect(l0).toBe(10);
});
