import { describe, expect, it } from 'vitest';
import { catalogue, tokenId } from '../testing/planted-features.ts';
import type { Predicate } from '../types.ts';
import { labelText } from './label-text.ts';
import { TokenCatalogue } from './token-catalogue.ts';
import { type Window, WindowSet, windowAround } from './window-set.ts';

const words = ['<s>', ' king', '$', '77', '.', 'King', ' of', ' London', '\n', '    ', ' running'];
const tokenIds = Int32Array.from(words, tokenId);
const window: Window = {
  ...{ contextIndex: 0, documentIndex: 0, documentKind: 'python', tokenIds, start: 1, end: words.length },
  ...{ focus: 3, source: 'top', fires: true, firing: 4, strength: 1 },
};
const set = new WindowSet([window], catalogue);

/** Positions at which a predicate holds. */
const holdsAt = (predicate: Predicate) => {
  const [word] = set.mask(predicate);
  return words.map((_, position) => position).filter((position) => position > 0 && (word >>> (position - 1)) & 1);
};

describe('WindowSet', () => {
  it.each([
    ['“king”', { type: 'token', tokenIds: [tokenId(' king'), tokenId('King')] }, [1, 5]],
    ['any token after “$”', { type: 'previousToken', tokenIds: [tokenId('$')] }, [3]],
    ['any token after the beginning of the text', { type: 'previousToken', tokenIds: [0] }, [1]],
    ['the end of “$77”', { type: 'ngram', tokenIds: [tokenId('$'), tokenId('77')] }, [3]],
    ['any token within 2 tokens after “of”', { type: 'recentToken', tokenIds: [tokenId(' of')], within: 2 }, [7, 8]],
    ['“London” or “running”', { type: 'token', tokenIds: [tokenId(' London'), tokenId(' running')] }, [7, 10]],
    ['a number', { type: 'class', class: 'digits' }, [3]],
    ['punctuation', { type: 'class', class: 'punctuation' }, [2, 4]],
    ['a capitalised word', { type: 'class', class: 'capitalised' }, [5, 7]],
    ['a line break', { type: 'class', class: 'newline' }, [8]],
    ['indentation', { type: 'class', class: 'indentation' }, [9]],
    ['any token after a number', { type: 'previousClass', class: 'digits' }, [4]],
    [
      'a word piece ending in “ing”',
      { type: 'endsWith', text: 'ing' },
      [1, 5, 10].filter((p) => /ing$/.test(words[p])),
    ],
    ['a word piece beginning with “Lon”', { type: 'startsWith', text: 'Lon' }, [7]],
    ['any token at the very beginning of a text', { type: 'position', from: 1, to: 2 }, [1]],
    ['any python text', { type: 'documentKind', kinds: ['python'] }, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    [
      'a number after “$”',
      {
        type: 'and',
        of: [
          { type: 'class', class: 'digits' },
          { type: 'previousToken', tokenIds: [tokenId('$')] },
        ],
      },
      [3],
    ],
    [
      '“.”, or a number',
      {
        type: 'or',
        of: [
          { type: 'token', tokenIds: [tokenId('.')] },
          { type: 'class', class: 'digits' },
        ],
      },
      [3, 4],
    ],
  ] as [string, Predicate, number[]][])('%s', (wording, predicate, positions) => {
    expect(holdsAt(predicate)).toEqual(positions);
    expect(labelText(predicate, catalogue)).toBe(wording);
  });

  it('names pieces of words with a hyphen, and kinds by what they are', () => {
    const pieces = new TokenCatalogue({ vocabSize: 4, tokenText: (id) => ['ing', ' the', 'The', 'P'][id] }, new Set());
    expect(labelText({ type: 'token', tokenIds: [0, 1, 2, 3] }, pieces)).toBe('“-ing”, “the” or “P”');
    const kinds = ['bible', 'code-rust', 'verse', 'code-go'];
    expect(labelText({ type: 'documentKind', kinds }, pieces)).toBe('any bible or verse text or rust or go source');
  });

  it('cuts windows of at most 32 positions that leave out the beginning-of-text token', () => {
    expect(windowAround(100, 256)).toEqual({ start: 77, end: 109 });
    expect(windowAround(3, 256)).toEqual({ start: 1, end: 12 });
    expect(windowAround(255, 256)).toEqual({ start: 224, end: 256 });
    expect(windowAround(1, 2)).toEqual({ start: 1, end: 2 });
  });
});
