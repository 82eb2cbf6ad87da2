/** The complete state of an Rng: four 32-bit words, and the spare normal deviate where one is waiting. */
export interface RngState {
  words: [number, number, number, number];
  spareNormal: number | null;
}

/** Seeded random numbers, the same on every machine: xoshiro128** (Blackman and Vigna 2018), seeded by splitmix32 over the seed and
 *  a stream name, so that parts of a program draw from unrelated sequences of one seed. Not for secrets. */
export class Rng {
  private readonly words: Uint32Array;
  private spareNormal: number | null;

  private constructor(words: ArrayLike<number>, spareNormal: number | null) {
    this.words = Uint32Array.from(words);
    this.spareNormal = spareNormal;
  }

  /** seed: a finite number, of which 53 bits count. Throws RangeError otherwise. */
  static fromSeed(seed: number, stream = ''): Rng {
    if (!Number.isFinite(seed)) throw new RangeError(`A seed must be a finite number, but is ${seed}`);
    const low = seed >>> 0;
    const high = Math.floor(seed / 2 ** 32) >>> 0;
    const next = splitmix32(hashText(stream, low ^ Math.imul(high, 0x9e3779b1)));
    // The second half mixes the high word again: two seeds never share all four words.
    const words: number[] = [next(), next(), (next() ^ low) >>> 0, (next() ^ high) >>> 0];
    if (!words.some((word) => word !== 0)) words[0] = 1;
    const rng = new Rng(words, null);
    for (let i = 0; i < 8; i++) rng.uint32();
    return rng;
  }

  static fromState(state: RngState): Rng {
    if (state.words.length !== 4 || state.words.every((word) => word === 0)) {
      throw new RangeError('An RNG state is four 32-bit words, not all zero');
    }
    return new Rng(state.words, state.spareNormal);
  }

  state(): RngState {
    const [a, b, c, d] = this.words;
    return { words: [a, b, c, d], spareNormal: this.spareNormal };
  }

  /** An independent generator; advances this one. */
  split(stream = ''): Rng {
    return Rng.fromSeed(this.uint32() + this.uint32() * 2 ** 21, stream);
  }

  /** Uniform over the integers 0 … 2³² − 1. */
  uint32(): number {
    const s = this.words;
    const result = Math.imul(rotateLeft(Math.imul(s[1], 5), 7), 9) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotateLeft(s[3], 11);
    return result;
  }

  /** Uniform in [0, 1), 53 bits. */
  float(): number {
    return ((this.uint32() >>> 5) * 2 ** 26 + (this.uint32() >>> 6)) / 2 ** 53;
  }

  /** Uniform over 0 … n − 1 without modulo bias. n: integer, 1 ≤ n ≤ 2³². */
  int(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 32)
      throw new RangeError(`A range must be an integer from 1 to 2³², but is ${n}`);
    const limit = 2 ** 32 - (2 ** 32 % n);
    for (;;) {
      const value = this.uint32();
      if (value < limit) return value % n;
    }
  }

  /** Standard normal (Marsaglia's polar method). */
  normal(): number {
    if (this.spareNormal !== null) {
      const spare = this.spareNormal;
      this.spareNormal = null;
      return spare;
    }
    for (;;) {
      const u = 2 * this.float() - 1;
      const v = 2 * this.float() - 1;
      const square = u * u + v * v;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      this.spareNormal = v * factor;
      return u * factor;
    }
  }

  /** Shuffles in place (Fisher and Yates) and returns the same array. */
  shuffle<T extends { length: number; [index: number]: unknown }>(array: T): T {
    for (let i = array.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      const kept = array[i];
      array[i] = array[j];
      array[j] = kept;
    }
    return array;
  }
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** FNV-1a over the text's UTF-16 units, from a given start. */
function hashText(text: string, start: number): number {
  let hash = (0x811c9dc5 ^ start) >>> 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}

function splitmix32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
}
