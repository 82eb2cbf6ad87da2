import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LanguageModel } from '../language-model.ts';
import { loadModel } from '../load-model.ts';
import { readModelConfig } from '../model-config.ts';
import { openTensors } from '../open-tensors.ts';
import { SafetensorsFile } from '../safetensors-file.ts';
import { loadTokenizer } from '../tokenizer.ts';

/** Both sides compute in float32 in different orders; logits are of order 1 to 10. */
const MAX_ERROR = 1e-4;

const FIXTURES = fileURLToPath(new URL('../../fixtures', import.meta.url));
const inGguf = (name: string) => join(FIXTURES, 'gguf', `${name}.gguf`);

/** All but gemma2, whose file does not say that this small model scales its scores by a number of its own. */
const MODELS = ['gqa-tied', 'gqa-llama3-float16', 'mha-linear-bfloat16', 'gpt2', 'gpt-neox', 'phi3-longrope', 'qwen3'];

describe.each(MODELS)('%s as GGUF', (name) => {
  let model: LanguageModel;
  let golden: SafetensorsFile;

  beforeAll(async () => {
    model = await loadModel(inGguf(name), { threads: 1 });
    golden = await SafetensorsFile.open(join(FIXTURES, name, 'golden.safetensors'));
  });

  afterAll(async () => {
    await golden.close();
    await model.dispose();
  });

  it('has the configuration of the directory it was made from', async () => {
    expect(model.config).toEqual(await readModelConfig(join(FIXTURES, name)));
  });

  it('gives the logits of the reference implementation', async () => {
    const [batch, seqLen] = golden.entries.get('token_ids')?.shape ?? [];
    const tokenIds = Int32Array.from(await golden.read('token_ids', [batch, seqLen]));
    const { logits } = await model.run({ tokenIds, batch, seqLen }, { logits: 'all' });
    const expected = await golden.read('logits', [batch, seqLen, 288]);
    expect(largestDifference(logits as Float32Array, expected)).toBeLessThan(MAX_ERROR);
  });
});

describe.each([...MODELS, 'gemma2'])('the weights of %s as GGUF', (name) => {
  it('are those of the checkpoint, by the same names', async () => {
    const gguf = await openTensors(inGguf(name));
    const checkpoint = await SafetensorsFile.open(join(FIXTURES, name, 'model.safetensors'));
    for (const [tensor, { shape }] of checkpoint.entries) {
      expect(gguf.entries.has(tensor), tensor).toBe(true);
      const [values, expected] = [await gguf.read(tensor, shape), await checkpoint.read(tensor, shape)];
      // A gain that had one added in float32 has lost its last bits.
      const tolerance = name === 'gemma2' ? 3e-7 : 0;
      expect(largestDifference(values, expected), tensor).toBeLessThanOrEqual(tolerance);
    }
    await gguf.close();
    await checkpoint.close();
  });
});

describe('a GGUF file with packed weights', () => {
  it('has the very weights that an independent implementation unpacks, in the order of the checkpoint', async () => {
    const packed = await openTensors(inGguf('mha-untied'));
    const unpacked = await SafetensorsFile.open(join(FIXTURES, 'gguf', 'mha-untied.dequantised.safetensors'));
    expect(unpacked.entries.size).toBe(21);
    for (const [name, { shape }] of unpacked.entries) {
      expect(packed.entries.has(name), name).toBe(true);
      expect(await packed.read(name, shape), name).toEqual(await unpacked.read(name, shape));
    }
    await packed.close();
    await unpacked.close();
  });
});

describe('a GGUF file with more tokens than rows in its embedding', () => {
  it('is refused by its name', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'gguf-model-'));
    const path = join(directory, 'small.gguf');
    const bytes = await readFile(inGguf('gqa-tied'));
    // The declaration of the embedding: name, number of axes, then the sizes, the fastest axis first.
    const at = bytes.indexOf('token_embd.weight') + 'token_embd.weight'.length + 4 + 8;
    expect(bytes.readBigUInt64LE(at)).toBe(288n);
    bytes.writeBigUInt64LE(280n, at);
    await writeFile(path, bytes);
    await expect(loadModel(path)).rejects.toThrow(/small\.gguf has 288 tokens, the height of its embedding is 280/);
    await rm(directory, { recursive: true });
  });
});

describe('the tokenizer of a GGUF file', () => {
  it('encodes as that of the directory it was made from', async () => {
    const [directory, gguf] = await Promise.all([
      loadTokenizer(join(FIXTURES, 'gqa-tied')),
      loadTokenizer(inGguf('gqa-tied')),
    ]);
    expect(gguf).toMatchObject({ vocabSize: 288, bosTokenId: 0, eosTokenId: 0 });
    for (const text of [
      "don't 1,234 —  naïve",
      '<|endoftext|>the sea\n\n',
      'def main(args):\n    return [x for x in args]',
    ]) {
      expect(gguf.encode(text), text).toEqual(directory.encode(text));
      expect(gguf.decode(gguf.encode(text))).toBe(text);
    }
  });
});

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i])), 0);
}
