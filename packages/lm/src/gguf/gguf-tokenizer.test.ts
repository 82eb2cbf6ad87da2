import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadTokenizer } from '../tokenizer.ts';
import { GgufFile } from './gguf-file.ts';
import type { MetadataValue } from './metadata.ts';
import { ggufBytes } from './write-gguf.testing.ts';

interface Encoding {
  text: string;
  ids: number[];
}

const FIXTURES = fileURLToPath(new URL('../../fixtures/gguf', import.meta.url));
const readJson = async (file: string) => JSON.parse(await readFile(join(FIXTURES, file), 'utf8'));

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gguf-tokenizer-'));
});

afterAll(() => rm(directory, { recursive: true }));

/** The tokenizer of a fixture, with some of its metadata replaced; undefined takes an entry away. */
async function tokenizerOf(file: string, changes: Record<string, MetadataValue | undefined> = {}) {
  const gguf = await GgufFile.open(join(FIXTURES, file));
  await gguf.close();
  const metadata = new Map(gguf.metadata);
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) metadata.delete(key);
    else metadata.set(key, value);
  }
  const path = join(directory, 'changed.gguf');
  await writeFile(path, ggufBytes({ metadata }));
  return loadTokenizer(path);
}

describe('the tokenizer of a GGUF file', () => {
  it.each(['gpt-2', 'olmo', 'smollm', 'llama-bpe', 'qwen2', 'tekken', 'gpt-4o'])(
    'splits text by the rule %s as the reference implementation does',
    async (pre) => {
      const golden: Record<string, Encoding[]> = await readJson('byte-level-encodings.golden.json');
      const tokenizer = await tokenizerOf('byte-level-vocabulary.gguf', { 'tokenizer.ggml.pre': pre });
      expect(golden[pre].length).toBeGreaterThan(10);
      for (const { text, ids } of golden[pre]) {
        expect(tokenizer.encode(text), JSON.stringify(text)).toEqual(ids);
        // NFC is what the model sees of a text that is not in that form.
        const isNormalised = pre === 'olmo' || pre === 'qwen2';
        expect(tokenizer.decode(ids)).toBe(isNormalised ? text.normalize('NFC') : text);
      }
    },
  );

  it('encodes as SentencePiece does, with its scores in place of merges', async () => {
    const golden: Encoding[] = await readJson('sentencepiece-encodings.golden.json');
    const tokenizer = await tokenizerOf('sentencepiece-vocabulary.gguf');
    expect(golden.length).toBeGreaterThan(10);
    for (const { text, ids } of golden) expect(tokenizer.encode(text), JSON.stringify(text)).toEqual(ids);
    expect(tokenizer).toMatchObject({ bosTokenId: 1, eosTokenId: 2 });
    expect(tokenizer.decode(tokenizer.encode('the sea'))).toBe(' the sea');
  });

  it('puts no space before a text where the file says so', async () => {
    const tokenizer = await tokenizerOf('sentencepiece-vocabulary.gguf', { 'tokenizer.ggml.add_space_prefix': false });
    expect(tokenizer.decode(tokenizer.encode('the sea'))).toBe('the sea');
  });

  it.each<[string, Record<string, MetadataValue | undefined>, RegExp]>([
    [
      'a rule that is not known',
      { 'tokenizer.ggml.pre': 'made-up' },
      /"tokenizer\.ggml\.pre" is "made-up"; known are gpt-2/,
    ],
    ['no rule', { 'tokenizer.ggml.pre': undefined }, /"tokenizer\.ggml\.pre" is missing/],
    ['another kind', { 'tokenizer.ggml.model': 'bert' }, /"tokenizer\.ggml\.model" is "bert"; supported are/],
    ['no tokens', { 'tokenizer.ggml.tokens': undefined }, /"tokenizer\.ggml\.tokens" is missing/],
    [
      'tokens that are no texts',
      { 'tokenizer.ggml.tokens': [1, 2] },
      /"tokenizer\.ggml\.tokens" is a list of other values/,
    ],
    ['a token twice', { 'tokenizer.ggml.tokens': ['a', 'b', 'a'] }, /has "a" twice, as 0 and as 2/],
    [
      'a special token beyond the vocabulary',
      { 'tokenizer.ggml.bos_token_id': 9_999 },
      /bos_token_id" is 9999; there are 404/,
    ],
    ['a merge of one token', { 'tokenizer.ggml.merges': ['ab'] }, /"tokenizer\.ggml\.merges" has "ab" at 0/],
  ])('refuses %s, naming file and key', async (_what, changes, message) => {
    const opening = tokenizerOf('byte-level-vocabulary.gguf', changes);
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.toThrow(/changed\.gguf/);
  });

  it('refuses scores that are not one for each token, and tokens of absurd length', async () => {
    await expect(tokenizerOf('sentencepiece-vocabulary.gguf', { 'tokenizer.ggml.scores': [1] })).rejects.toThrow(
      /"tokenizer\.ggml\.scores" has 1 entries for 440 tokens/,
    );
    await expect(
      tokenizerOf('sentencepiece-vocabulary.gguf', {
        'tokenizer.ggml.tokens': ['a', 'x'.repeat(1_000)],
        'tokenizer.ggml.scores': [0, -1],
        'tokenizer.ggml.bos_token_id': undefined,
        'tokenizer.ggml.eos_token_id': undefined,
      }),
    ).rejects.toThrow(/token 1 of "tokenizer\.ggml\.tokens" has 1000 characters/);
  });
});
