import { byteCharacters } from './pre-tokenize.ts';

/** A byte-level BPE: token strings by id (in GPT-2's byte alphabet) and the merges in the order they were learnt. */
export interface BytePairEncoding {
  readonly tokens: readonly string[];
  readonly merges: readonly (readonly [number, number])[];
}

/** Learns merges until `vocabularySize` tokens exist: ids 0… are `specialTokens`, then the 256 bytes in the order of
 *  their stand-in characters, then one id per merge. The most frequent pair is merged first; ties take the smaller
 *  left id, then the smaller right id. Source: Sennrich et al. 2016, algorithm 1, on word counts. */
export function trainBytePairs(
  wordCounts: ReadonlyMap<string, number>,
  options: { vocabularySize: number; specialTokens: readonly string[] },
): BytePairEncoding {
  const tokens = [...options.specialTokens, ...[...byteCharacters].sort()];
  const merges: [number, number][] = [];
  const pairs = new PairIndex(wordCounts, new Map(tokens.map((token, id) => [token, id])));
  while (tokens.length < options.vocabularySize) {
    const best = pairs.mostFrequent();
    if (best === undefined) break;
    const [left, right] = best;
    pairs.merge(left, right, tokens.length);
    tokens.push((tokens[left] as string) + (tokens[right] as string));
    merges.push([left, right]);
  }
  return { tokens, merges };
}

const pairBase = 1 << 16;

/** Counts of adjacent pairs over weighted words, and which words hold each pair. */
class PairIndex {
  readonly #words: number[][] = [];
  readonly #weights: number[] = [];
  readonly #counts = new Map<number, number>();
  readonly #holders = new Map<number, Set<number>>();

  constructor(wordCounts: ReadonlyMap<string, number>, idOfToken: ReadonlyMap<string, number>) {
    for (const [word, count] of wordCounts) {
      const index = this.#words.length;
      const ids = [...Buffer.from(word)].map((byte) => idOfToken.get(byteCharacters[byte] as string) as number);
      this.#words.push(ids);
      this.#weights.push(count);
      this.#addPairs(index, 1);
    }
  }

  mostFrequent(): [number, number] | undefined {
    let best = -1;
    let bestCount = 0;
    for (const [pair, count] of this.#counts) {
      if (count > bestCount || (count === bestCount && count > 0 && pair < best)) {
        best = pair;
        bestCount = count;
      }
    }
    return bestCount === 0 ? undefined : [Math.floor(best / pairBase), best % pairBase];
  }

  merge(left: number, right: number, merged: number): void {
    const pair = left * pairBase + right;
    for (const index of this.#holders.get(pair) ?? []) {
      this.#addPairs(index, -1);
      const word = this.#words[index] as number[];
      const next: number[] = [];
      for (let at = 0; at < word.length; at++) {
        const isPair = word[at] === left && word[at + 1] === right;
        next.push(isPair ? merged : (word[at] as number));
        if (isPair) at++;
      }
      this.#words[index] = next;
      this.#addPairs(index, 1);
    }
    this.#counts.delete(pair);
    this.#holders.delete(pair);
  }

  #addPairs(index: number, sign: 1 | -1): void {
    const word = this.#words[index] as number[];
    const weight = sign * (this.#weights[index] as number);
    for (let at = 0; at + 1 < word.length; at++) {
      const pair = (word[at] as number) * pairBase + (word[at + 1] as number);
      const count = (this.#counts.get(pair) ?? 0) + weight;
      if (count > 0) this.#counts.set(pair, count);
      else this.#counts.delete(pair);
      if (sign < 0) continue;
      const holders = this.#holders.get(pair);
      if (holders) holders.add(index);
      else this.#holders.set(pair, new Set([index]));
    }
  }
}
