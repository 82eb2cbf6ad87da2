import { expect, it } from 'vitest';
import { DeadLatents } from './dead-latents.ts';

it('counts rows since the last firing, and calls a latent dead from the threshold on', () => {
  const latents = new DeadLatents(new Float64Array(3), 20);
  latents.update(Uint8Array.of(1, 0, 0), 10);
  expect([...latents.indices()]).toEqual([]);
  latents.update(Uint8Array.of(1, 0, 1), 10);
  expect([...latents.tokensSinceFired]).toEqual([0, 20, 0]);
  expect([...latents.indices()]).toEqual([1]);
  latents.revive(Int32Array.of(1));
  expect([...latents.indices()]).toEqual([]);
});

it('names the longest silent of the dead', () => {
  const latents = new DeadLatents(Float64Array.of(30, 50, 5, 30, 40), 20);
  expect([...latents.longestSilent(3)]).toEqual([0, 1, 4]);
  expect([...latents.longestSilent(9)]).toEqual([0, 1, 3, 4]);
});
