import { type PackedNgrams, packDocuments, packNgram, tokenBits } from './packed-ngrams.ts';

/** Subtracted from counts of 1, of 2, and of 3 and more. */
export type Discounts = readonly [number, number, number];

interface Order {
  readonly ngrams: PackedNgrams;
  /** Occurrences at the highest order; below it, the number of distinct tokens seen before the n-gram. */
  readonly counts: Uint32Array;
  readonly discounts: Discounts;
}

/** Interpolated modified Kneser-Ney over token ids. Token 0 stands before every document and is never predicted.
 *  Source: Chen & Goodman 1998, §3.1 and equations 26 to 28. */
export class KneserNey {
  readonly #orders: readonly Order[];
  readonly #vocabularySize: number;
  readonly order: number;

  /** documents: token ids without the leading 0. `discounts` replaces those estimated from the counts, one triple per
   *  order from 1 up. */
  constructor(
    documents: readonly ArrayLike<number>[],
    options: { order: number; vocabularySize: number; discounts?: readonly Discounts[] },
  ) {
    this.order = options.order;
    this.#vocabularySize = options.vocabularySize;
    const orders: Order[] = [];
    let unsorted = packDocuments(documents, options.order);
    for (let n = options.order; n >= 1; n--) {
      const { ngrams, counts } = unsorted.sort().countRuns();
      orders.unshift({ ngrams, counts, discounts: options.discounts?.[n - 1] ?? estimateDiscounts(counts) });
      unsorted = ngrams.withoutOldest(n);
    }
    this.#orders = orders;
  }

  /** P(tokens[at] | up to order − 1 tokens before it). `tokens` carries at least order − 1 zeros before the document. */
  probability(tokens: ArrayLike<number>, at: number): number {
    let probability = 1 / (this.#vocabularySize - 1);
    for (let n = 1; n <= this.order; n++) probability = this.#interpolate(tokens, at, n, probability);
    return probability;
  }

  #interpolate(tokens: ArrayLike<number>, at: number, n: number, lower: number): number {
    const { ngrams, counts, discounts } = this.#orders[n - 1]!;
    const token = tokens[at]!;
    const [low, high] = packNgram(tokens, at, n);
    // Continuations of the history differ in the lowest bits alone.
    const firstLow = (low & ~((1 << tokenBits) - 1)) >>> 0;
    let total = 0;
    let own = 0;
    let withheld = 0;
    for (let index = ngrams.lowerBound(firstLow, high); index < ngrams.length; index++) {
      const keyLow = ngrams.words[2 * index]!;
      if (ngrams.words[2 * index + 1] !== high || (keyLow & ~((1 << tokenBits) - 1)) >>> 0 !== firstLow) break;
      const count = counts[index]!;
      const discount = discounts[Math.min(count, 3) - 1]!;
      total += count;
      withheld += discount;
      if ((keyLow & ((1 << tokenBits) - 1)) === token) own = count - discount;
    }
    return total === 0 ? lower : own / total + (withheld / total) * lower;
  }
}

/** Chen & Goodman's equation 26: from how many n-grams have counts of 1, 2, 3 and 4. Each lies in [0, its count]. */
export function estimateDiscounts(counts: Uint32Array): Discounts {
  const ofCount = [0, 0, 0, 0, 0];
  for (const count of counts) if (count <= 4) ofCount[count]!++;
  const [, n1, n2, n3, n4] = ofCount as [number, number, number, number, number];
  if (n1 === 0) return [0, 0, 0];
  const y = n1 / (n1 + 2 * n2);
  const discount = (count: number, here: number, above: number) =>
    here === 0 ? 0 : Math.min(count, Math.max(0, count - ((count + 1) * y * above) / here));
  return [discount(1, n1, n2), discount(2, n2, n3), discount(3, n3, n4)];
}
