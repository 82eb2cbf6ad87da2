import type { Predicate, TokenClass } from '../types.ts';
import type { TokenCatalogue } from './token-catalogue.ts';

const MAX_LISTED = 6;

const classNames: Record<TokenClass, string> = {
  digits: 'a number',
  capitalised: 'a capitalised word',
  allCaps: 'a word in capitals',
  lowercase: 'a lower-case word',
  punctuation: 'punctuation',
  newline: 'a line break',
  indentation: 'indentation',
  space: 'a space',
  nonAscii: 'a non-ASCII character',
  wordStart: 'the start of a word',
  wordContinuation: 'the rest of a word',
};

/** A predicate in plain English. */
export function labelText(predicate: Predicate, catalogue: TokenCatalogue): string {
  const name = new TokenNames(catalogue);
  switch (predicate.type) {
    case 'and': {
      const [first, second] = predicate.of;
      const [subject, modifier] = isModifier(first) && !isModifier(second) ? [second, first] : [first, second];
      return isModifier(modifier)
        ? `${labelText(subject, catalogue)} ${modifierText(modifier, name)}`
        : `${labelText(subject, catalogue)} that is also ${labelText(modifier, catalogue)}`;
    }
    case 'or':
      return `${labelText(predicate.of[0], catalogue)}, or ${labelText(predicate.of[1], catalogue)}`;
    case 'token':
      return name.list(predicate.tokenIds);
    case 'ngram':
      return `the end of “${name.phrase(predicate.tokenIds)}”`;
    case 'class':
      return classNames[predicate.class];
    case 'startsWith':
      return `a word piece beginning with “${predicate.text}”`;
    case 'endsWith':
      return `a word piece ending in “${predicate.text}”`;
    case 'documentKind':
      return `any ${listWords(predicate.kinds.map(kindName))}`;
    default:
      return `any token ${modifierText(predicate, name)}`;
  }
}

type Modifier = Extract<
  Predicate,
  { type: 'previousToken' | 'previousClass' | 'recentToken' | 'position' | 'documentKind' }
>;

function isModifier(predicate: Predicate): predicate is Modifier {
  return ['previousToken', 'previousClass', 'recentToken', 'position', 'documentKind'].includes(predicate.type);
}

function modifierText(predicate: Modifier, name: TokenNames): string {
  switch (predicate.type) {
    case 'previousToken':
      return `after ${name.list(predicate.tokenIds)}`;
    case 'previousClass':
      return `after ${classNames[predicate.class]}`;
    case 'recentToken':
      return `within ${predicate.within} tokens after ${name.list(predicate.tokenIds)}`;
    case 'position':
      return positionText(predicate);
    case 'documentKind':
      return `in ${listWords(predicate.kinds.map(kindName))}`;
  }
}

function positionText({ from, to }: { from: number; to: number }): string {
  if (from <= 1 && to === 2) return 'at the very beginning of a text';
  if (from <= 1) return `among the first ${to - 1} tokens of a text`;
  return `from token ${from} of a context on`;
}

/** Kinds are short names such as `bible` or `code-python`. */
function kindName(kind: string): string {
  const words = kind.replace(/[-_]+/g, ' ');
  return words.startsWith('code ') ? `${words.slice(5)} source` : `${words} text`;
}

function listWords(words: readonly string[]): string {
  if (words.length <= 1) return words.join('');
  return `${words.slice(0, -1).join(', ')} or ${words[words.length - 1]}`;
}

/** Tokens as a reader would write them: quoted, variants of one word named once, blanks spelt out. */
class TokenNames {
  readonly #catalogue: TokenCatalogue;

  constructor(catalogue: TokenCatalogue) {
    this.#catalogue = catalogue;
  }

  list(tokenIds: readonly number[]): string {
    const whole = new Set(
      tokenIds.filter((id) => this.#startsWord(id)).map((id) => this.#catalogue.entry(id).word.toLowerCase()),
    );
    const names = [...new Set(tokenIds.map((tokenId) => this.#name(tokenId, whole)))];
    if (names.length <= MAX_LISTED) return listWords(names);
    return `${names.slice(0, MAX_LISTED).join(', ')} or ${names.length - MAX_LISTED} others`;
  }

  phrase(tokenIds: readonly number[]): string {
    const text = tokenIds
      .map((tokenId) => (this.#catalogue.isSpecial(tokenId) ? '' : this.#catalogue.entry(tokenId).text))
      .join('');
    return text.replace(/\n/g, '↵').replace(/\t/g, '⇥').trim();
  }

  #startsWord(tokenId: number): boolean {
    return !this.#catalogue.isSpecial(tokenId) && this.#catalogue.entry(tokenId).classes.has('wordStart');
  }

  /** whole: words that the list also has with a leading space; others in letters are pieces, shown with a hyphen. */
  #name(tokenId: number, whole: ReadonlySet<string>): string {
    if (this.#catalogue.isSpecial(tokenId)) return 'the beginning of the text';
    const { text, word } = this.#catalogue.entry(tokenId);
    if (/^\n+$/.test(text)) return text.length === 1 ? 'a line break' : 'a blank line';
    if (/\n\s+$/.test(text)) return 'a line break with indentation';
    if (/^[\t ]+$/.test(text)) return text === ' ' ? 'a space' : 'indentation';
    const shown = word.toLowerCase();
    const isPiece = /^\p{Ll}/u.test(word) && !text.startsWith(' ') && !whole.has(shown);
    return `“${isPiece ? '-' : ''}${shown.replace(/\n/g, '↵').replace(/\t/g, '⇥')}”`;
  }
}
