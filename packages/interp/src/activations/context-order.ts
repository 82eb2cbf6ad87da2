import { Rng } from '@featurescope/sae';

/** An endless order over a list of contexts: each epoch is its own seeded permutation. */
export class ContextOrder {
  readonly #indices: Int32Array;
  readonly #seed: number;
  #epoch = -1;
  #permuted: Int32Array = new Int32Array(0);

  constructor(indices: Int32Array, seed: number) {
    this.#indices = indices;
    this.#seed = seed;
  }

  /** The contexts at places [start, start + count) of the order. Depends on nothing but the constructor's arguments. */
  slice(start: number, count: number): Int32Array {
    const result = new Int32Array(count);
    const size = this.#indices.length;
    for (let j = 0; j < count; j++) {
      const place = start + j;
      result[j] = this.#permutation(Math.floor(place / size))[place % size];
    }
    return result;
  }

  #permutation(epoch: number): Int32Array {
    if (epoch === this.#epoch) return this.#permuted;
    this.#permuted = Rng.fromSeed(this.#seed, `context-order/${epoch}`).shuffle(this.#indices.slice());
    this.#epoch = epoch;
    return this.#permuted;
  }
}
