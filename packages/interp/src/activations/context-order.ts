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
    this.#permuted = permute(this.#indices, Rng.fromSeed(this.#seed, `context-order/${epoch}`));
    this.#epoch = epoch;
    return this.#permuted;
  }
}

/** A shuffled copy (Fisher–Yates). */
export function permute(values: Int32Array, rng: Rng): Int32Array {
  const result = values.slice();
  for (let j = result.length - 1; j > 0; j--) {
    const other = rng.int(j + 1);
    const kept = result[j];
    result[j] = result[other];
    result[other] = kept;
  }
  return result;
}
