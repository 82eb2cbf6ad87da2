import { byteCharacters, forEachWord } from './pre-tokenize.ts';
import type { BytePairEncoding } from './train-bpe.ts';

const pairBase = 1 << 16;

/** Encodes text with a trained BPE; words seen before come from a cache, so a corpus costs one lookup a word. */
export class BytePairEncoder {
  readonly #rankOfPair = new Map<number, number>();
  readonly #idOfByte: readonly number[];
  readonly #firstMergedId: number;
  readonly #cache = new Map<string, readonly number[]>();
  readonly #bytesOfToken: readonly Buffer[];

  constructor(encoding: BytePairEncoding) {
    const idOfToken = new Map(encoding.tokens.map((token, id) => [token, id]));
    const byteOfCharacter = new Map(byteCharacters.map((character, byte) => [character, byte]));
    this.#firstMergedId = encoding.tokens.length - encoding.merges.length;
    this.#idOfByte = byteCharacters.map((character) => idOfToken.get(character) as number);
    this.#bytesOfToken = encoding.tokens.map((token) =>
      Buffer.from([...token].map((character) => byteOfCharacter.get(character) ?? 0)),
    );
    for (const [rank, [left, right]] of encoding.merges.entries()) {
      this.#rankOfPair.set(left * pairBase + right, rank);
    }
  }

  encode(text: string): number[] {
    const ids: number[] = [];
    forEachWord(text, (word) => {
      for (const id of this.#encodeWord(word)) ids.push(id);
    });
    return ids;
  }

  decode(ids: Iterable<number>): string {
    return Buffer.concat([...ids].map((id) => this.#bytesOfToken[id] as Buffer)).toString('utf8');
  }

  #encodeWord(word: string): readonly number[] {
    const known = this.#cache.get(word);
    if (known) return known;
    const ids = [...Buffer.from(word)].map((byte) => this.#idOfByte[byte] as number);
    for (;;) {
      let bestRank = Number.POSITIVE_INFINITY;
      let bestAt = -1;
      for (let at = 0; at + 1 < ids.length; at++) {
        const rank = this.#rankOfPair.get((ids[at] as number) * pairBase + (ids[at + 1] as number));
        if (rank !== undefined && rank < bestRank) {
          bestRank = rank;
          bestAt = at;
        }
      }
      if (bestAt < 0) break;
      ids.splice(bestAt, 2, this.#firstMergedId + bestRank);
    }
    this.#cache.set(word, ids);
    return ids;
  }
}
