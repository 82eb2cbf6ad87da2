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
      return `any ${kindNames(predicate.kinds)}`;
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
      return `in ${kindNames(predicate.kinds)}`;
  }
}

function positionText({ from, to }: { from: number; to: number }): string {
  if (from <= 1 && to === 2) return 'at the very beginning of a text';
  if (from <= 1) return `among the first ${to - 1} tokens of a text`;
  return `from token ${from} of a context on`;
}

/** Kinds are short names such as `bible` or `code-python`: "bible text", "python or rust source". */
function kindNames(kinds: readonly string[]): string {
  const words = kinds.map((kind) => kind.replace(/[-_]+/g, ' '));
  const sources = words.filter((name) => name.startsWith('code ')).map((name) => name.slice('code '.length));
  const texts = words.filter((name) => !name.startsWith('code '));
  return listWords([
    ...(texts.length > 0 ? [`${listWords(texts)} text`] : []),
    ...(sources.length > 0 ? [`${listWords(sources)} source`] : []),
  ]);
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
    const spellings = new Map<string, Set<string>>();
    for (const tokenId of tokenIds) {
      const { text, word } = this.#catalogue.entry(tokenId);
      const own = spellings.get(word.toLowerCase()) ?? new Set();
      spellings.set(word.toLowerCase(), own.add(text));
    }
    const names = [...new Set(tokenIds.map((tokenId) => this.#name(tokenId, spellings)))];
    if (names.length <= MAX_LISTED) return listWords(names);
    return `${names.slice(0, MAX_LISTED).join(', ')} or ${names.length - MAX_LISTED} others`;
  }

  phrase(tokenIds: readonly number[]): string {
    const text = tokenIds
      .map((tokenId) => (this.#catalogue.isSpecial(tokenId) ? '' : this.#catalogue.entry(tokenId).text))
      .join('');
    return text.replace(/\n/g, '↵').replace(/\t/g, '⇥').trim();
  }

  /** spellings: by word in lower case, the tokens of the list that spell it. A word of several spellings is named in lower
   *  case; letters that never begin a word there are a piece, shown with a hyphen. */
  #name(tokenId: number, spellings: ReadonlyMap<string, ReadonlySet<string>>): string {
    if (this.#catalogue.isSpecial(tokenId)) return 'the beginning of the text';
    const { text, word } = this.#catalogue.entry(tokenId);
    if (/^\n+$/.test(text)) return text.length === 1 ? 'a line break' : 'a blank line';
    if (/\n\s+$/.test(text)) return 'a line break with indentation';
    if (/^[\t ]+$/.test(text)) return text === ' ' ? 'a space' : 'indentation';
    const own = spellings.get(word.toLowerCase()) ?? new Set([text]);
    const shown = own.size > 1 ? word.toLowerCase() : word;
    const isPiece = /^\p{Ll}/u.test(shown) && ![...own].some((spelling) => /^ |^\p{Lu}/u.test(spelling));
    return `“${isPiece ? '-' : ''}${shown.replace(/\n/g, '↵').replace(/\t/g, '⇥')}”`;
  }
}
