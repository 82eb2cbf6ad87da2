import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LanguageModel } from '../language-model.ts';
import { loadModel } from '../load-model.ts';
import { readRawConfig } from '../model-config.ts';
import { openTensors } from '../open-tensors.ts';
import { SafetensorsFile } from '../safetensors-file.ts';
import { loadTokenizer } from '../tokenizer.ts';

/** Both sides compute in float32 in different orders; logits are of order 1 to 10. */
const MAX_ERROR = 1e-4;

const FIXTURES = fileURLToPath(new URL('../../fixtures', import.meta.url));
const inGguf = (name: string) => join(FIXTURES, 'gguf', `${name}.gguf`);

describe.each(['gqa-tied', 'gqa-llama3-float16', 'mha-linear-bfloat16'])('%s as GGUF', (name) => {
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
    const directory = await readRawConfig(join(FIXTURES, name));
    expect(await readRawConfig(inGguf(name))).toMatchObject(
      Object.fromEntries(Object.entries(directory).filter(([, value]) => value !== null)),
    );
  });

  it('gives the logits of the reference implementation', async () => {
    const [batch, seqLen] = golden.entries.get('token_ids')?.shape ?? [];
    const tokenIds = Int32Array.from(await golden.read('token_ids', [batch, seqLen]));
    const { logits } = await model.run({ tokenIds, batch, seqLen }, { logits: 'all' });
    const expected = await golden.read('logits', [batch, seqLen, 288]);
    expect(logits).toHaveLength(expected.length);
    const largest = expected.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - (logits?.[i] ?? Number.NaN))),
      0,
    );
    expect(largest).toBeLessThan(MAX_ERROR);
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
