/** Sparse autoencoders: architectures, training, metrics and file formats. No I/O, no clock, no unseeded randomness. */

export type { RngState } from './rng.ts';
export { Rng } from './rng.ts';
