import { expect, it } from 'vitest';
import { Rng } from '../rng.ts';
import { PlainL1Trainer, plainL1Gradients } from './plain-l1.ts';
import { createRecoveryWorld } from './recovery-trial.ts';

it('agrees with finite differences', () => {
  const rng = Rng.fromSeed(5);
  const normals = (length: number) => new Float32Array(length).map(() => rng.normal());
  const [rows, parameters] = [normals(5 * 3), { encoder: normals(4 * 3), decoder: normals(4 * 3) }];
  const options = { l1Coefficient: 0.4, width: 3 };
  const { gradients } = plainL1Gradients(rows, parameters, options);
  const h = 1e-3;
  for (const name of ['encoder', 'decoder'] as const) {
    for (let at = 0; at < gradients[name].length; at++) {
      const lossWith = (shift: number) => {
        const moved = { encoder: parameters.encoder.slice(), decoder: parameters.decoder.slice() };
        moved[name][at] += shift;
        return plainL1Gradients(rows, moved, options).loss;
      };
      const difference = (lossWith(h) - lossWith(-h)) / (2 * h);
      // Float32 parameters: a step of 1e-3 is off by 1e-4 of itself, beside curvature of order h².
      expect(Math.abs(difference - gradients[name][at])).toBeLessThan(1e-3 * (1 + Math.abs(difference)));
    }
  }
});

it('moves length into a free decoder instead of becoming sparse; unit rows stop that', () => {
  const { rows } = createRecoveryWorld(3, 1).fresh;
  const train = (isConstrained: boolean) => {
    const trainer = new PlainL1Trainer({ width: 4, nLatents: 32, l1Coefficient: 0.3, isConstrained, seed: 0 });
    let step = trainer.step(rows.subarray(0, 512));
    for (let i = 1; i < 2500; i++) step = trainer.step(rows.subarray((i % 10) * 512, ((i % 10) + 1) * 512));
    return step;
  };
  const [held, free] = [train(true), train(false)];
  expect(held.meanNorm).toBeCloseTo(1, 5);
  expect(held.l1).toBeCloseTo(held.scaledL1, 4);
  expect(free.meanNorm).toBeGreaterThan(1.3);
  // What the penalty sees has fallen to less than half, what is written has not.
  expect(free.l1).toBeLessThan(0.5 * held.l1);
  expect(free.scaledL1).toBeGreaterThan(0.9 * held.scaledL1);
});
