/** A small seeded generator (xoshiro128**, seeded by splitmix32), so that a run can be repeated and resumed.
 *  Source: Blackman & Vigna 2021. Its whole state is `state`. */
export class SeededRandom {
  state: [number, number, number, number];

  constructor(seed: number | readonly number[]) {
    if (typeof seed === 'number') {
      let mixed = seed >>> 0;
      const next = () => {
        mixed = (mixed + 0x9e3779b9) >>> 0;
        let z = mixed;
        z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
        z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
        return (z ^ (z >>> 15)) >>> 0;
      };
      this.state = [next(), next(), next(), next()];
    } else {
      this.state = [...seed] as [number, number, number, number];
    }
  }

  /** Uniform in [0, 2^32). */
  uint32(): number {
    const s = this.state;
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

  /** Uniform in [0, 1). */
  uniform(): number {
    return this.uint32() / 2 ** 32;
  }

  /** Standard normal, by Box and Muller. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  /** In place, by Fisher and Yates. */
  shuffle<T>(items: T[]): void {
    for (let last = items.length - 1; last > 0; last--) {
      const other = Math.floor(this.uniform() * (last + 1));
      [items[last], items[other]] = [items[other] as T, items[last] as T];
    }
  }
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
