/** Bits a token takes in a packed n-gram: vocabularies up to 4,096, orders up to 5. */
export const tokenBits = 12;

/** n-grams as 64-bit keys, oldest token in the highest bits, so that sorting puts the continuations of a history side by
 *  side. Kept as a Uint32Array of (low, high) pairs: BigInt arithmetic would be ten times slower. */
export class PackedNgrams {
  readonly words: Uint32Array;

  constructor(words: Uint32Array) {
    this.words = words;
  }

  get length(): number {
    return this.words.length / 2;
  }

  /** Sorts the keys ascending, in place. */
  sort(): this {
    new BigUint64Array(this.words.buffer, this.words.byteOffset, this.length).sort();
    return this;
  }

  /** Distinct keys of a sorted list, and how often each occurred. */
  countRuns(): { ngrams: PackedNgrams; counts: Uint32Array } {
    const { words } = this;
    let nDistinct = 0;
    for (let at = 0; at < words.length; at += 2) if (!this.#repeats(at)) nDistinct++;
    const distinct = new Uint32Array(2 * nDistinct);
    const counts = new Uint32Array(nDistinct);
    let last = -1;
    for (let at = 0; at < words.length; at += 2) {
      if (!this.#repeats(at)) {
        last++;
        distinct[2 * last] = words[at]!;
        distinct[2 * last + 1] = words[at + 1]!;
      }
      counts[last]!++;
    }
    return { ngrams: new PackedNgrams(distinct), counts };
  }

  /** The (n − 1)-grams left when the oldest token of each n-gram is dropped, unsorted. */
  withoutOldest(n: number): PackedNgrams {
    const bits = BigInt(tokenBits * (n - 1));
    const mask = (1n << bits) - 1n;
    const low = Number(mask & 0xffffffffn);
    const high = Number(mask >> 32n);
    const words = new Uint32Array(this.words.length);
    for (let at = 0; at < words.length; at += 2) {
      words[at] = this.words[at]! & low;
      words[at + 1] = this.words[at + 1]! & high;
    }
    return new PackedNgrams(words);
  }

  /** Index of the first key of a sorted list that is not below (low, high). */
  lowerBound(low: number, high: number): number {
    let from = 0;
    let to = this.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      const h = this.words[2 * middle + 1]!;
      if (h < high || (h === high && this.words[2 * middle]! < low)) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  #repeats(at: number): boolean {
    return at > 0 && this.words[at] === this.words[at - 2] && this.words[at + 1] === this.words[at - 1];
  }
}

/** The key of the n tokens that end at `end` (inclusive) as [low, high]. */
export function packNgram(tokens: ArrayLike<number>, end: number, n: number): [number, number] {
  let low = 0;
  let high = 0;
  for (let at = end - n + 1; at <= end; at++) {
    high = ((high << tokenBits) | (low >>> (32 - tokenBits))) >>> 0;
    low = ((low << tokenBits) | tokens[at]!) >>> 0;
  }
  return [low, high];
}

/** All n-grams of documents, each padded with n − 1 zeros in front. */
export function packDocuments(documents: readonly ArrayLike<number>[], n: number): PackedNgrams {
  const nTokens = documents.reduce((sum, document) => sum + document.length, 0);
  const words = new Uint32Array(2 * nTokens);
  // Bits above the n-gram's own are cut off, so that a longer history does not leak in.
  const highMask = n * tokenBits > 32 ? 2 ** (n * tokenBits - 32) - 1 : 0;
  const lowMask = n * tokenBits >= 32 ? 0xffffffff : 2 ** (n * tokenBits) - 1;
  let at = 0;
  for (const document of documents) {
    let low = 0;
    let high = 0;
    for (let index = 0; index < document.length; index++, at += 2) {
      high = (((high << tokenBits) | (low >>> (32 - tokenBits))) & highMask) >>> 0;
      low = (((low << tokenBits) | document[index]!) & lowMask) >>> 0;
      words[at] = low;
      words[at + 1] = high;
    }
  }
  return new PackedNgrams(words);
}
