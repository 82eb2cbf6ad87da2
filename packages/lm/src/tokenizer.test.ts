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

interface TokenizerJson {
  model: { vocab: Record<string, unknown>; merges: unknown[] };
  added_tokens: unknown[];
}

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

  it.each<[string, (json: TokenizerJson) => void, RegExp]>([
    ['an id below zero', ({ model }) => Object.assign(model.vocab, { a: -1 }), /token "a" has the id -1/],
    ['an id that asks for memory', ({ model }) => Object.assign(model.vocab, { a: 2 ** 31 }), /has the id 2147483648/],
    ['an id that is no number', ({ model }) => Object.assign(model.vocab, { a: '7' }), /token "a" has the id "7"/],
    ['no vocabulary', ({ model }) => Reflect.deleteProperty(model, 'vocab'), /"model\.vocab" is neither/],
    ['a merge of one token', ({ model }) => model.merges.push('ab'), /merge \d+ is "ab"; expected two tokens/],
    ['a merge of three', ({ model }) => model.merges.push(['a', 'b', 'c']), /merge \d+ is \["a","b","c"\]/],
    ['an added token without text', (json) => json.added_tokens.push({ id: 1, content: '' }), /added token 1 is .*""/],
    ['an added token without id', (json) => json.added_tokens.push({ content: 'x' }), /added token 1 is/],
  ])('refuses %s', async (_what, change, message) => {
    const directory = await mkdtemp(join(tmpdir(), 'tokenizer-'));
    const json = JSON.parse(await readFile(join(MODEL, 'tokenizer.json'), 'utf8'));
    change(json);
    await writeFile(join(directory, 'tokenizer.json'), JSON.stringify(json));
    const loading = loadTokenizer(directory);
    await expect(loading).rejects.toThrow(ModelFormatError);
    await expect(loading).rejects.toThrow(message);
    await expect(loading).rejects.toThrow(/^tokenizer\.json/);
    await rm(directory, { recursive: true });
  });

  it('bears an id that no token has, and refuses a text that needs a token that is not there', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tokenizer-'));
    const json: TokenizerJson = JSON.parse(await readFile(join(MODEL, 'tokenizer.json'), 'utf8'));
    Object.assign(json.model, { merges: [], unk_token: 'not in the vocabulary' });
    delete json.model.vocab.q;
    await writeFile(join(directory, 'tokenizer.json'), JSON.stringify(json));
    const damaged = await loadTokenizer(directory);
    expect(damaged.encode('the sea')).toHaveLength(7);
    expect(() => damaged.encode('quiet')).toThrow(/tokenizer\.json has no token for a part of a text/);
    await rm(directory, { recursive: true });
  });
});
