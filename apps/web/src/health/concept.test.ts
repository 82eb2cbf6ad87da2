import { expect, test } from 'vitest';
import { conceptName, wordsOf } from './concept.ts';

test('words of a list', () => {
  expect(wordsOf(' king, queen,\nprince ,, king')).toEqual(['king', 'queen', 'prince']);
  expect(wordsOf(' , ')).toEqual([]);
});

test('a concept in words', () => {
  expect(conceptName({ type: 'firstLetter', letter: 's' })).toBe('Words that begin with s');
  expect(conceptName({ type: 'tokens', tokens: ['a', 'b'] })).toBe('a, b');
  expect(conceptName({ type: 'tokens', tokens: [...'abcdefgh'] })).toBe('a, b, c, d, e, f and 2 more');
});
