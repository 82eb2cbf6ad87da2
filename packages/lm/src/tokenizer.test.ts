import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { InvalidInputError, ModelFormatError } from './errors.ts';
import { loadTokenizer, type Tokenizer } from './tokenizer.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url));
const MODEL = join(FIXTURES, 'gqa-tied');

let tokenizer: Tokenizer;
let encodings: { text: string; ids: number[] }[];

beforeAll(async () => {
  tokenizer = await loadTokenizer(MODEL);
  encodings = JSON.parse(await readFile(join(FIXTURES, 'encodings.golden.json'), 'utf8'));
});

describe('loadTokenizer', () => {
  it('encodes as the reference implementation does, and decodes to the very text', () => {
    expect(encodings.length).toBeGreaterThan(5);
    for (const { text, ids } of encodings) {
      expect(tokenizer.encode(text), JSON.stringify(text)).toEqual(ids);
      expect(tokenizer.decode(ids)).toBe(text);
    }
  });

  it('knows its size, special tokens and hash', async () => {
    const bytes = await readFile(join(MODEL, 'tokenizer.json'));
    expect(tokenizer).toMatchObject({ vocabSize: 288, bosTokenId: 0, eosTokenId: 0 });
    expect(tokenizer.hash).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('shows each token by itself: bytes of a split character as escapes, neighbours whole', () => {
    const ids = tokenizer.encode('a 🙂é');
    expect(ids.map((id) => tokenizer.tokenText(id))).toEqual([
      'a',
      ' ',
      '\\xF0',
      '\\x9F',
      '\\x99',
      '\\x82',
      '\\xC3',
      '\\xA9',
    ]);
    expect(Buffer.concat(ids.map((id) => tokenizer.tokenBytes(id))).toString()).toBe('a 🙂é');
    expect(tokenizer.tokenText(0)).toBe('<|endoftext|>');
  });

  it('gives ids beyond the vocabulary no text, and refuses what is no id', () => {
    expect(tokenizer.tokenText(5_000)).toBe('');
    expect(() => tokenizer.tokenText(-1)).toThrow(InvalidInputError);
    expect(() => tokenizer.tokenText(1.5)).toThrow(InvalidInputError);
  });

  it('names a file that is missing or damaged', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tokenizer-'));
    await expect(loadTokenizer(directory)).rejects.toThrow(/tokenizer\.json is missing/);
    for (const content of ['{', '[]', '{"model": {"type": "Nonsense"}}']) {
      await writeFile(join(directory, 'tokenizer.json'), content);
      await expect(loadTokenizer(directory), content).rejects.toThrow(ModelFormatError);
      await expect(loadTokenizer(directory), content).rejects.toThrow(/tokenizer\.json/);
    }
    await rm(directory, { recursive: true });
  });
});
