import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { readGgufLicence, readWeightTypes } from './weight-types.ts';

const fixtures = resolve(import.meta.dirname, '../fixtures');

test.each([
  ['gqa-tied', ['F32']],
  ['gqa-llama3-float16', ['F16']],
  ['mha-linear-bfloat16', ['BF16']],
  // Norms stay in float32 beside the weights.
  ['gguf/gqa-llama3-float16.gguf', ['F16', 'F32']],
])('%s stores %j, the most first', async (name, types) => {
  expect(await readWeightTypes(join(fixtures, name))).toEqual(types);
});

test('refuses a header that contradicts its file', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'featurescope-types-'));
  await writeFile(join(directory, 'model.safetensors'), 'no header');
  await expect(readWeightTypes(directory)).rejects.toThrow('model.safetensors declares a header');
  await rm(directory, { recursive: true });
});

test('a GGUF file without a licence, and a directory, have none', async () => {
  expect(await readGgufLicence(join(fixtures, 'gguf/gqa-tied.gguf'))).toBeNull();
  expect(await readGgufLicence(join(fixtures, 'gqa-tied'))).toBeNull();
});
