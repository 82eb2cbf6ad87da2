import path from 'node:path';
import { loadTokenizer } from '@featurescope/lm';
import { expect, test } from 'vitest';
import { encodeText } from './encode-text.ts';

const fixture = path.resolve(import.meta.dirname, '../../../../../packages/lm/fixtures/gqa-tied');

test('a text that is encoded in pieces gives the tokens of the whole, and breathes in between', async () => {
  const tokenizer = await loadTokenizer(fixture);
  const line = 'The quick brown fox, 42 times; über den faulen Hund.\n';
  const text = line.repeat(8000);
  let breaths = 0;
  const tokenIds = await encodeText(tokenizer, text, async () => {
    breaths++;
  });
  expect(breaths).toBeGreaterThan(2);
  expect(tokenIds).toEqual(tokenizer.encode(text));
});

test('a text without any place to cut is cut between characters', async () => {
  const tokenizer = await loadTokenizer(fixture);
  const text = '𝒳'.repeat(200_000);
  const tokenIds = await encodeText(tokenizer, text, async () => {});
  expect(tokenizer.decode(tokenIds)).toBe(text);
});
