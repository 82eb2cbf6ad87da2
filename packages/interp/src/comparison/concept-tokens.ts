import { InvalidRequestError } from '../errors.ts';

/** What a probe is to tell apart: words that begin with a letter, or a list of tokens. */
export type Concept = { type: 'firstLetter'; letter: string } | { type: 'tokens'; tokens: string[] };

/** Token ids on both sides of a concept. */
export interface ConceptTokens {
  positive: number[];
  negative: number[];
  /** Entries of a list that are no token of this vocabulary, with or without a space before them. */
  unknown: string[];
}

interface Vocabulary {
  vocabSize: number;
  tokenText(tokenId: number): string;
}

/** Tokens that begin a word and consist of English letters: what the first letter is asked of (Chanin et al. 2024, §3). */
const wordStart = /^ [A-Za-z]+$/;

/** Which tokens are positive: word-initial tokens with that first letter, in either case, or those of the list, with or without a
 *  space before them. Negative are all other word-initial tokens of English letters.
 *  Throws InvalidRequestError where a side has fewer than two tokens. */
export function conceptTokens(concept: Concept, vocabulary: Vocabulary, special: ReadonlySet<number>): ConceptTokens {
  const listed =
    concept.type === 'tokens' ? new Set(concept.tokens.filter((text) => text.trim() !== '')) : new Set<string>();
  const letter = concept.type === 'firstLetter' ? concept.letter.toLowerCase() : '';
  const found = new Set<string>();
  const [positive, negative]: [number[], number[]] = [[], []];
  for (let id = 0; id < vocabulary.vocabSize; id++) {
    if (special.has(id)) continue;
    const text = vocabulary.tokenText(id);
    const entry = listed.has(text) ? text : listed.has(text.slice(1)) && text.startsWith(' ') ? text.slice(1) : null;
    if (entry !== null) {
      found.add(entry);
      positive.push(id);
    } else if (wordStart.test(text)) {
      if (letter !== '' && text[1].toLowerCase() === letter) positive.push(id);
      else negative.push(id);
    }
  }
  const unknown = [...listed].filter((text) => !found.has(text));
  if (positive.length < 2 || negative.length < 2)
    throw new InvalidRequestError(
      `The concept has ${positive.length} tokens in this vocabulary${unknown.length > 0 ? ` (${unknown.length} of the list are none)` : ''} against ${negative.length} others; both need two or more. Name words that the tokenizer keeps whole.`,
    );
  return { positive, negative, unknown };
}
