import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ModelFormatError } from '../errors.ts';
import { expand, type PackedMatrix } from '../matrix.ts';
import { SafetensorsFile } from '../safetensors-file.ts';
import { relativeError } from '../testing/golden-model.ts';
import { GgufFile } from './gguf-file.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures/gguf', import.meta.url));

let file: GgufFile;
let golden: SafetensorsFile;

beforeAll(async () => {
  file = await GgufFile.open(join(FIXTURES, 'quants.gguf'));
  golden = await SafetensorsFile.open(join(FIXTURES, 'quants.golden.safetensors'));
});

afterAll(async () => {
  await file.close();
  await golden.close();
});

describe('GgufFile', () => {
  it.each([
    ['Q4_0', 4],
    ['Q4_1', 4],
    ['Q4_K', 4],
    ['Q8_0', 8],
  ] as const)('keeps %s in its %i bits', async (type, bits) => {
    const matrix = await file.readPacked(type, [2, 256], 8);
    expect(matrix?.bits).toBe(bits);
    // A scale and an offset are each rounded to float32; what they were in the file need not be one.
    const values = expand(matrix as PackedMatrix);
    expect(relativeError(values, await golden.read(type, [2, 256]))).toBeLessThan(3e-7);
    expect((await file.readPacked(type, [2, 256], 4)) === null).toBe(bits > 4);
  });

  it.each(['F16', 'Q5_1', 'Q6_K'])('has no packed form of %s', async (type) => {
    expect(await file.readPacked(type, [2, 256], 8)).toBeNull();
  });

  it.each(['F32', 'F16', 'BF16', 'Q8_0', 'Q4_0', 'Q4_1', 'Q5_0', 'Q5_1', 'Q4_K', 'Q5_K', 'Q6_K'])(
    'unpacks %s to the very bits of an independent implementation',
    async (type) => {
      expect(file.tensors.get(type)?.type.name).toBe(type);
      const values = await file.read(type, [2, 256]);
      const expected = await golden.read(type, [2, 256]);
      expect(Buffer.compare(Buffer.from(values.buffer), Buffer.from(expected.buffer))).toBe(0);
    },
  );

  it('names the tensor that is absent or of another shape', async () => {
    await expect(file.read('none', [1])).rejects.toThrow(/quants\.gguf: tensor "none" is missing/);
    await expect(file.read('Q4_K', [256, 2])).rejects.toThrow(/tensor "Q4_K" has shape \[2,256\].*needs \[256,2\]/);
    await expect(file.read('Q4_K', [512])).rejects.toThrow(ModelFormatError);
  });

  it('reads metadata of every kind that a model has', async () => {
    const model = await GgufFile.open(join(FIXTURES, 'gqa-tied.gguf'));
    expect(model.metadata.get('general.architecture')).toBe('llama');
    expect(model.metadata.get('llama.block_count')).toBe(2);
    expect(model.metadata.get('llama.attention.layer_norm_rms_epsilon')).toBeCloseTo(1e-5, 10);
    expect(model.metadata.get('tokenizer.ggml.tokens')).toHaveLength(288);
    await model.close();
  });
});
