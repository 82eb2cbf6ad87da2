import type { Predicate, ScoredSource } from '../types.ts';
import type { TokenCatalogue } from './token-catalogue.ts';

/** Positions of a window: at most 32, so that what holds where is one bit each. */
const WINDOW_TOKENS = 32;
const TOKENS_AFTER_FOCUS = 8;
/** Greatest `within` of a recentToken condition. */
export const MAX_WITHIN = 16;

/** A stretch of a context on which "does it contain the feature" is asked; conditions may look at what precedes it. */
export interface Window {
  contextIndex: number;
  documentIndex: number;
  documentKind: string;
  tokenIds: Int32Array;
  /** start ≤ position < end, at most 32 positions. */
  start: number;
  end: number;
  focus: number;
  source: ScoredSource;
  fires: boolean;
  /** Where it fires: bit j for position start + j. 0 where it is silent. */
  firing: number;
  /** How strongly it fires: peak / the feature's greatest peak, 0 to 1. 0 where it is silent. */
  strength: number;
}

/** The window around a position: up to 8 tokens after it, the rest before it, the beginning-of-text token left out. */
export function windowAround(focus: number, length: number): { start: number; end: number } {
  const end = Math.min(length, focus + TOKENS_AFTER_FOCUS + 1);
  return { start: Math.max(1, end - WINDOW_TOKENS), end };
}

/** Windows with an index of what stands where, to evaluate many conditions on them. A mask has one word a window; bit j
 *  stands for position start + j. */
export class WindowSet {
  readonly windows: readonly Window[];
  readonly #catalogue: TokenCatalogue;
  /** Where each token stands, up to MAX_WITHIN positions before the windows included: window · 65536 + position. */
  readonly #occurrences = new Map<number, number[]>();

  constructor(windows: readonly Window[], catalogue: TokenCatalogue) {
    this.windows = windows;
    this.#catalogue = catalogue;
    windows.forEach(({ tokenIds, start, end }, w) => {
      for (let position = Math.max(0, start - MAX_WITHIN); position < end; position++) {
        const own = this.#occurrences.get(tokenIds[position]);
        if (own) own.push(w * 65_536 + position);
        else this.#occurrences.set(tokenIds[position], [w * 65_536 + position]);
      }
    });
  }

  /** Where a predicate holds. */
  mask(predicate: Predicate): Uint32Array {
    switch (predicate.type) {
      case 'token':
        return this.#following(predicate.tokenIds, 0, 0);
      case 'previousToken':
        return this.#following(predicate.tokenIds, 1, 1);
      case 'recentToken':
        return this.#following(predicate.tokenIds, 1, predicate.within);
      case 'class':
        return this.#following(
          this.#tokensOf(({ classes }) => classes.has(predicate.class)),
          0,
          0,
        );
      case 'previousClass':
        return this.#following(
          this.#tokensOf(({ classes }) => classes.has(predicate.class)),
          1,
          1,
        );
      case 'startsWith':
        return this.#following(
          this.#tokensOf(({ word }) => word.startsWith(predicate.text)),
          0,
          0,
        );
      case 'endsWith':
        return this.#following(
          this.#tokensOf(({ word }) => word.endsWith(predicate.text)),
          0,
          0,
        );
      case 'ngram':
        return this.#ngramMask(predicate.tokenIds);
      case 'position':
        return this.#rangeMask(() => predicate);
      case 'documentKind':
        return this.#rangeMask((window) => (predicate.kinds.includes(window.documentKind) ? everywhere : nowhere));
      case 'and':
      case 'or': {
        const [first, second] = predicate.of.map((part) => this.mask(part));
        return first.map((word, w) => (predicate.type === 'and' ? word & second[w] : word | second[w]));
      }
    }
  }

  /** Positions `least` to `most` after an occurrence of one of the tokens. */
  #following(tokenIds: readonly number[], least: number, most: number): Uint32Array {
    const result = new Uint32Array(this.windows.length);
    for (const tokenId of tokenIds) {
      for (const place of this.#occurrences.get(tokenId) ?? []) {
        const w = place >>> 16;
        const position = place & 0xffff;
        result[w] |= bitsOf(this.windows[w], position + least, position + most + 1);
      }
    }
    return result;
  }

  #tokensOf(test: (entry: ReturnType<TokenCatalogue['entry']>) => boolean): number[] {
    return [...this.#occurrences.keys()].filter((tokenId) => test(this.#catalogue.entry(tokenId)));
  }

  #ngramMask(ngram: readonly number[]): Uint32Array {
    const result = new Uint32Array(this.windows.length);
    for (const place of this.#occurrences.get(ngram[ngram.length - 1]) ?? []) {
      const window = this.windows[place >>> 16];
      const first = (place & 0xffff) - ngram.length + 1;
      const isWhole = first >= 0 && ngram.every((tokenId, j) => window.tokenIds[first + j] === tokenId);
      if (isWhole) result[place >>> 16] |= bitsOf(window, place & 0xffff, (place & 0xffff) + 1);
    }
    return result;
  }

  #rangeMask(rangeOf: (window: Window) => { from: number; to: number }): Uint32Array {
    return Uint32Array.from(this.windows, (window) => {
      const { from, to } = rangeOf(window);
      return bitsOf(window, from, to);
    });
  }
}

const everywhere = { from: 0, to: Number.POSITIVE_INFINITY };
const nowhere = { from: 0, to: 0 };

/** The bits of positions [from, to) of the context, as far as they lie in the window. */
function bitsOf({ start, end }: Window, from: number, to: number): number {
  const low = Math.max(from, start) - start;
  const high = Math.min(to, end) - start;
  if (high <= low) return 0;
  return (high - low === 32 ? -1 : (1 << (high - low)) - 1) << low;
}
