import type { TokenClass } from '../types.ts';

export const tokenClasses: readonly TokenClass[] = [
  'digits',
  'capitalised',
  'allCaps',
  'lowercase',
  'punctuation',
  'newline',
  'indentation',
  'space',
  'nonAscii',
  'wordStart',
  'wordContinuation',
];

const MIN_WORD = 3;

interface TokenEntry {
  /** As displayed. */
  text: string;
  /** Without leading spaces; empty for blank tokens. */
  word: string;
  classes: ReadonlySet<TokenClass>;
}

/** What every token is, worked out once from its text. */
export class TokenCatalogue {
  readonly #tokenText: (tokenId: number) => string;
  readonly #special: ReadonlySet<number>;
  readonly #entries: TokenEntry[] = [];
  readonly #byWord = new Map<string, number[]>();

  constructor(tokenizer: { vocabSize: number; tokenText(tokenId: number): string }, special: ReadonlySet<number>) {
    this.#tokenText = (tokenId) => tokenizer.tokenText(tokenId);
    this.#special = special;
    for (let tokenId = 0; tokenId < tokenizer.vocabSize; tokenId++) {
      if (special.has(tokenId)) continue;
      const word = this.entry(tokenId).word.toLowerCase();
      if (word === '') continue;
      const variants = this.#byWord.get(word);
      if (variants) variants.push(tokenId);
      else this.#byWord.set(word, [tokenId]);
    }
  }

  isSpecial(tokenId: number): boolean {
    return this.#special.has(tokenId);
  }

  entry(tokenId: number): TokenEntry {
    this.#entries[tokenId] ??= describe(this.#tokenText(tokenId), this.#special.has(tokenId));
    return this.#entries[tokenId];
  }

  /** Spellings of one word: tokens that differ from this one only by case and leading space, itself included, ascending.
   *  A piece of fewer than three letters is no word: it stands alone. */
  variants(tokenId: number): number[] {
    const word = this.entry(tokenId).word.toLowerCase();
    return word.length < MIN_WORD ? [tokenId] : (this.#byWord.get(word) ?? [tokenId]);
  }
}

function describe(text: string, isSpecial: boolean): TokenEntry {
  const word = text.replace(/^ +/, '');
  return {
    text,
    word,
    classes: isSpecial ? new Set() : new Set(tokenClasses.filter((name) => isOfClass[name](text, word))),
  };
}

/** text: the whole token; word: without leading spaces. A token can be of several classes. */
const isOfClass: Record<TokenClass, (text: string, word: string) => boolean> = {
  digits: (_, word) => /^\p{Nd}+$/u.test(word),
  capitalised: (_, word) => /^\p{Lu}\p{Ll}*$/u.test(word),
  allCaps: (_, word) => /^\p{Lu}{2,}$/u.test(word),
  lowercase: (_, word) => /^\p{Ll}+$/u.test(word),
  punctuation: (_, word) => /^[\p{P}\p{S}]+$/u.test(word),
  newline: (text) => /\n/.test(text),
  indentation: (text) => /^(?:\t+| {2,})$/.test(text) || /\n[ \t]+$/.test(text),
  space: (text) => /^[^\S\n]+$/.test(text),
  nonAscii: (text) => /[^\0-\x7f]/.test(text) || /\\x[89a-f]/i.test(text),
  wordStart: (text) => /^ \p{L}/u.test(text),
  wordContinuation: (text) => /^\p{L}/u.test(text),
};
