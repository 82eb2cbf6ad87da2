import { mkdtempSync, readdirSync, rmSync, truncateSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TokenCorpus } from './token-corpus.ts';
import { CorpusFormatError } from './token-corpus-format.ts';
import { splitOfText, TokenCorpusWriter } from './token-corpus-writer.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'featurescope-corpus-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const options = { tokenizerHash: 'h', vocabSize: 4096, contextSize: 8, bosTokenId: 1 };
const tokensOf = (length: number, first = 100) => Array.from({ length }, (_, i) => first + i);

test('contexts begin with the beginning-of-text token, are full but for the last, and never cross documents', async () => {
  const directory = path.join(root, 'corpus');
  const writer = await TokenCorpusWriter.create(directory, options);
  await writer.addDocument({ name: 'a', kind: 'novel', split: 'train' }, tokensOf(17));
  await writer.addDocument({ name: 'empty', kind: 'novel', split: 'train' }, []);
  await writer.addDocument({ name: 'b', kind: 'mail', split: 'heldout' }, tokensOf(3, 500));
  expect(TokenCorpus.exists(directory)).toBe(false);
  const header = await writer.finish();
  expect(header).toMatchObject({ nTokens: 17 + 3 + 3 + 1, nContexts: 4, nDocuments: 2, nHeldOutTokens: 4 });

  const corpus = TokenCorpus.open(directory);
  expect([...corpus.context(0).tokenIds]).toEqual([1, ...tokensOf(7)]);
  expect([...corpus.context(2).tokenIds]).toEqual([1, ...tokensOf(3, 114)]);
  expect(corpus.context(2)).toMatchObject({ documentIndex: 0, start: 14 });
  expect([...corpus.context(3).tokenIds]).toEqual([1, 500, 501, 502]);
  expect(corpus.context(3)).toMatchObject({ documentIndex: 1, start: 0 });
  expect(corpus.document(1)).toEqual({ name: 'b', kind: 'mail', split: 'heldout' });
  expect([...corpus.contextIndices('train')]).toEqual([0, 1, 2]);
  expect([...corpus.contextIndices('heldout')]).toEqual([3]);
  expect(() => corpus.context(4)).toThrow(RangeError);
  expect(readdirSync(root)).toEqual(['corpus']);
});

test('ids above 65,535 survive', async () => {
  const directory = path.join(root, 'corpus');
  const writer = await TokenCorpusWriter.create(directory, { ...options, vocabSize: 200_000 });
  await writer.addDocument({ name: 'a', kind: 'text', split: 'train' }, [70_000, 199_999]);
  await writer.finish();
  expect([...TokenCorpus.open(directory).context(0).tokenIds]).toEqual([1, 70_000, 199_999]);
});

test('a token outside the vocabulary is refused', async () => {
  const writer = await TokenCorpusWriter.create(path.join(root, 'corpus'), options);
  await expect(writer.addDocument({ name: 'a', kind: 'text', split: 'train' }, [4096])).rejects.toThrow(RangeError);
  await writer.discard();
  expect(readdirSync(root)).toEqual([]);
});

test.each(['train', 'heldout'] as const)(
  'a single %s document is cut in two, so that both sides hold text',
  async (split) => {
    const directory = path.join(root, 'corpus');
    const writer = await TokenCorpusWriter.create(directory, options);
    await writer.addDocument({ name: 'book', kind: 'novel', split }, tokensOf(7 * 24 + 2));
    const header = await writer.finish();
    const corpus = TokenCorpus.open(directory);
    // 25 contexts: two of them (8%, rounded) are the end.
    expect([...corpus.contextIndices('heldout')]).toEqual([23, 24]);
    expect(corpus.document(corpus.context(24).documentIndex).name).toBe('book (end)');
    expect(header.nHeldOutTokens).toBe(8 + 3);
  },
);

test('the share held out is near 8% and depends on the text alone', () => {
  const texts = Array.from({ length: 5000 }, (_, i) => `document ${i}`);
  const share = texts.filter((text) => splitOfText(text) === 'heldout').length / texts.length;
  // Binomial standard deviation .0038: four of them either way.
  expect(share).toBeGreaterThan(0.065);
  expect(share).toBeLessThan(0.095);
  expect(splitOfText(texts[7])).toBe(splitOfText(`document ${7}`));
});

test('a torn corpus is refused', async () => {
  const directory = path.join(root, 'corpus');
  const writer = await TokenCorpusWriter.create(directory, options);
  await writer.addDocument({ name: 'a', kind: 'text', split: 'train' }, tokensOf(20));
  await writer.finish();
  truncateSync(path.join(directory, 'tokens.bin'), 10);
  expect(() => TokenCorpus.open(directory)).toThrow(CorpusFormatError);
  expect(() => TokenCorpus.open(path.join(root, 'missing'))).toThrow(CorpusFormatError);
});

test('what a killed writer left long ago is removed, what is being written stays', async () => {
  const directory = path.join(root, 'corpus');
  for (const _ of [1, 2]) await TokenCorpusWriter.create(directory, options);
  const [old, recent] = readdirSync(root);
  utimesSync(path.join(root, old, 'tokens.bin'), new Date(0), new Date(0));
  const writer = await TokenCorpusWriter.create(directory, options);
  expect(readdirSync(root)).not.toContain(old);
  expect(readdirSync(root)).toContain(recent);
  await writer.discard();
});
