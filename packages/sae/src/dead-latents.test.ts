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
