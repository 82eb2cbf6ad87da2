import type { Predicate, ScoredSource, TokenClass } from '../types.ts';
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
  readonly #tokens: Map<number, Uint32Array>;
  readonly #previous: Map<number, Uint32Array>;
  readonly #classes = new Map<string, Uint32Array>();
  #occurrences: Map<number, { w: number; position: number }[]> | null = null;

  constructor(windows: readonly Window[], catalogue: TokenCatalogue) {
    this.windows = windows;
    this.#catalogue = catalogue;
    this.#tokens = this.#indexTokens(0);
    this.#previous = this.#indexTokens(1);
  }

  /** Tokens that stand at positions of the windows. */
  tokenIds(): Iterable<number> {
    return this.#tokens.keys();
  }

  /** Where a predicate holds. */
  mask(predicate: Predicate): Uint32Array {
    switch (predicate.type) {
      case 'token':
        return this.#union(this.#tokens, predicate.tokenIds);
      case 'previousToken':
        return this.#union(this.#previous, predicate.tokenIds);
      case 'class':
        return this.#classMask(this.#tokens, predicate.class, 'class');
      case 'previousClass':
        return this.#classMask(this.#previous, predicate.class, 'previousClass');
      case 'startsWith':
        return this.#wordMask((word) => word.startsWith(predicate.text));
      case 'endsWith':
        return this.#wordMask((word) => word.endsWith(predicate.text));
      case 'ngram':
        return this.#where(({ tokenIds }, position) => endsWithNgram(tokenIds, position, predicate.tokenIds));
      case 'recentToken':
        return this.#recentMask(predicate.tokenIds, predicate.within);
      case 'position':
        return this.#where((_, position) => position >= predicate.from && position < predicate.to);
      case 'documentKind': {
        const kinds = new Set(predicate.kinds);
        return this.#where(({ documentKind }) => kinds.has(documentKind));
      }
      case 'and':
      case 'or': {
        const [first, second] = predicate.of.map((part) => this.mask(part));
        return first.map((word, w) => (predicate.type === 'and' ? word & second[w] : word | second[w]));
      }
    }
  }

  /** Positions within `within` after an occurrence; occurrences before the window count too. */
  #recentMask(tokenIds: readonly number[], within: number): Uint32Array {
    this.#occurrences ??= this.#indexOccurrences();
    const result = new Uint32Array(this.windows.length);
    for (const tokenId of tokenIds) {
      for (const { w, position } of this.#occurrences.get(tokenId) ?? []) {
        const { start, end } = this.windows[w];
        const last = Math.min(end - 1, position + within);
        for (let p = Math.max(start, position + 1); p <= last; p++) result[w] |= 1 << (p - start);
      }
    }
    return result;
  }

  /** Where each token stands in the windows and up to MAX_WITHIN positions before them. */
  #indexOccurrences(): Map<number, { w: number; position: number }[]> {
    const occurrences = new Map<number, { w: number; position: number }[]>();
    this.windows.forEach(({ tokenIds, start, end }, w) => {
      for (let position = Math.max(0, start - MAX_WITHIN); position < end; position++) {
        const own = occurrences.get(tokenIds[position]);
        if (own) own.push({ w, position });
        else occurrences.set(tokenIds[position], [{ w, position }]);
      }
    });
    return occurrences;
  }

  #indexTokens(distance: number): Map<number, Uint32Array> {
    const masks = new Map<number, Uint32Array>();
    this.windows.forEach(({ tokenIds, start, end }, w) => {
      for (let position = start; position < end; position++) {
        const tokenId = tokenIds[position - distance];
        let mask = masks.get(tokenId);
        if (!mask) {
          mask = new Uint32Array(this.windows.length);
          masks.set(tokenId, mask);
        }
        mask[w] |= 1 << (position - start);
      }
    });
    return masks;
  }

  #union(masks: Map<number, Uint32Array>, tokenIds: Iterable<number>): Uint32Array {
    const result = new Uint32Array(this.windows.length);
    for (const tokenId of tokenIds) {
      const mask = masks.get(tokenId);
      if (mask) for (let w = 0; w < mask.length; w++) result[w] |= mask[w];
    }
    return result;
  }

  #classMask(masks: Map<number, Uint32Array>, name: TokenClass, kind: string): Uint32Array {
    const key = `${kind} ${name}`;
    let mask = this.#classes.get(key);
    if (!mask) {
      const members = [...masks.keys()].filter((tokenId) => this.#catalogue.entry(tokenId).classes.has(name));
      mask = this.#union(masks, members);
      this.#classes.set(key, mask);
    }
    return mask;
  }

  #wordMask(test: (word: string) => boolean): Uint32Array {
    return this.#union(
      this.#tokens,
      [...this.#tokens.keys()].filter((tokenId) => test(this.#catalogue.entry(tokenId).word)),
    );
  }

  #where(holds: (window: Window, position: number) => boolean): Uint32Array {
    return Uint32Array.from(this.windows, (window) => {
      let word = 0;
      for (let position = window.start; position < window.end; position++) {
        if (holds(window, position)) word |= 1 << (position - window.start);
      }
      return word;
    });
  }
}

function endsWithNgram(tokenIds: Int32Array, position: number, ngram: readonly number[]): boolean {
  const first = position - ngram.length + 1;
  return first >= 0 && ngram.every((tokenId, j) => tokenIds[first + j] === tokenId);
}
