import { expect, it } from 'vitest';
import { drawByLossSquared, ResampleBuffer, resampleLatents } from './resampling.ts';
import { Rng } from './rng.ts';

it('draws inputs with probability ∝ loss²', () => {
  const n = 30_000;
  const rng = Rng.fromSeed(1);
  const first = Array.from({ length: n }, () => drawByLossSquared([1, 0, 2, 3], 1, rng)[0]);
  const shares = [0, 1, 2, 3].map((i) => first.filter((at) => at === i).length / n);
  // Squares 1 : 0 : 4 : 9 of 14; five standard errors of a share are below 0.015.
  [1, 0, 4, 9].forEach((square, i) => {
    expect(Math.abs(shares[i] - square / 14)).toBeLessThan(0.015);
  });
});

it('draws no input twice, and evenly where no loss is left', () => {
  const chosen = drawByLossSquared([1, 0, 2, 0], 4, Rng.fromSeed(1));
  expect([...chosen].sort()).toEqual([0, 1, 2, 3]);
  expect([...chosen.subarray(0, 2)].sort()).toEqual([0, 2]);
});

it('collects the rows of the steps just before a resampling, and no others', () => {
  const buffer = new ResampleBuffer(new Float32Array(0));
  const window = { resampleSteps: [10], resampleRows: 8, batchSize: 4 };
  for (let step = 1; step <= 12; step++) buffer.collect(step, Float32Array.of(step), window);
  expect([...buffer.contents()]).toEqual([9, 10]);
  buffer.clear();
  expect(buffer.contents().length).toBe(0);
});

it('points a dead latent at its input, with 0.2 of the living encoder norm and fresh moments', () => {
  const snapshot = (value: number[]) => ({
    value: Float32Array.from(value),
    firstMoment: new Float32Array(value.length).fill(7),
    secondMoment: new Float32Array(value.length).fill(7),
  });
  // Living encoder norms 5 and 10: mean 7.5, times 0.2 is 1.5.
  const parameters = {
    encoder: snapshot([3, 4, 9, 9, 6, 8]),
    decoder: snapshot([1, 0, 0, 1, 1, 0]),
    bEnc: snapshot([1, 2, 3]),
  };
  resampleLatents(
    parameters,
    { dead: Int32Array.of(1), inputs: Float32Array.of(9, 9, 0, -2), chosen: Int32Array.of(1) },
    2,
  );
  expect([...parameters.decoder.value]).toEqual([1, 0, 0, -1, 1, 0]);
  expect([...parameters.encoder.value]).toEqual([3, 4, 0, -1.5, 6, 8]);
  expect([...parameters.bEnc.value]).toEqual([1, 0, 3]);
  expect([...parameters.encoder.firstMoment]).toEqual([7, 7, 0, 0, 7, 7]);
  expect([...parameters.decoder.secondMoment]).toEqual([7, 7, 0, 0, 7, 7]);
  expect([...parameters.bEnc.secondMoment]).toEqual([7, 0, 7]);
});
