import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ModelFormatError } from './errors.ts';
import { openTensors } from './open-tensors.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url));

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tensors-'));
});

afterEach(() => rm(directory, { recursive: true }));

/** Writes float32 tensors of one axis as a safetensors file. */
async function writeShard(file: string, tensors: Record<string, number[]>): Promise<void> {
  let end = 0;
  const header: Record<string, object> = {};
  for (const [name, values] of Object.entries(tensors)) {
    header[name] = { dtype: 'F32', shape: [values.length], data_offsets: [end, end + 4 * values.length] };
    end += 4 * values.length;
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const data = Buffer.from(Float32Array.from(Object.values(tensors).flat()).buffer);
  await writeFile(join(directory, file), Buffer.concat([length, json, data]));
}

const writeIndex = (index: unknown) =>
  writeFile(join(directory, 'model.safetensors.index.json'), typeof index === 'string' ? index : JSON.stringify(index));

async function expectRefusal(message: RegExp, path = directory): Promise<void> {
  const opening = openTensors(path);
  await expect(opening).rejects.toThrow(ModelFormatError);
  await expect(opening).rejects.toThrow(message);
}

describe('weights in shards', () => {
  beforeEach(async () => {
    await writeShard('model-00001-of-00002.safetensors', { a: [1, 2], b: [3] });
    await writeShard('model-00002-of-00002.safetensors', { c: [4, 5, 6] });
  });

  const map = {
    a: 'model-00001-of-00002.safetensors',
    b: 'model-00001-of-00002.safetensors',
    c: 'model-00002-of-00002.safetensors',
  };

  it('are read from the file that the index names', async () => {
    await writeIndex({ metadata: { total_size: 24 }, weight_map: map });
    const source = await openTensors(directory);
    expect([...(await source.read('c', [3]))]).toEqual([4, 5, 6]);
    expect([...(await source.read('b', [1]))]).toEqual([3]);
    expect(source.entries.has('a')).toBe(true);
    await expect(source.read('d', [1])).rejects.toThrow(/index\.json: tensor "d" is missing/);
    await expect(source.read('c', [2])).rejects.toThrow(
      /model-00002-of-00002\.safetensors: tensor "c" has shape \[3\]/,
    );
    await source.close();
  });

  it.each([
    '../model-00001-of-00002.safetensors',
    '/etc/model.safetensors',
    'sub/model.safetensors',
    'sub\\model.safetensors',
    'C:model.safetensors',
    '..safetensors',
    '.safetensors',
    'model.safetensors\u0000',
    'model-00001-of-00002.safetensors\n',
    'model.json',
    '',
    7,
    null,
  ])('are refused when the index names the file %j', async (shard) => {
    await writeIndex({ weight_map: { ...map, b: shard } });
    await expectRefusal(/model\.safetensors\.index\.json: tensor "b" is said to be in .*beside the index/);
  });

  it.each<[string, unknown, RegExp]>([
    [
      'that is a pickle',
      { weight_map: { a: 'pytorch_model-00001-of-00002.bin' } },
      /model-00001-of-00002\.bin is a Python pickle/,
    ],
    ['that is missing', { weight_map: { a: 'model-00003.safetensors' } }, /model-00003\.safetensors is missing/],
    ['without the tensor', { weight_map: { a: map.c } }, /model-00002-of-00002\.safetensors: tensor "a" is missing/],
  ])('are refused when the index names a file %s', async (_what, index, message) => {
    await writeIndex(index);
    await expectRefusal(message);
  });

  it.each([{}, { weight_map: [] }, { weight_map: 'a' }])('are refused with the index %j', async (index) => {
    await writeIndex(index);
    await expectRefusal(/index\.json: "weight_map" must be an object/);
  });

  it('are refused in absurd numbers', async () => {
    const names = Array.from({ length: 600 }, (_, i) => [`w${i}`, `m${i}.safetensors`]);
    await writeIndex({ weight_map: Object.fromEntries(names) });
    await expectRefusal(/names 600 files; the limit is 512/);
  });
});

describe('pickles', () => {
  it.each(['pytorch_model.bin', 'model.pt', 'weights.pth', 'last.ckpt'])('are never opened: %s', async (name) => {
    await writeFile(join(directory, name), 'no pickle at all');
    await expectRefusal(/is a Python pickle, which can run any code.*save_pretrained\('converted'/);
    await expectRefusal(/is a Python pickle/, join(directory, name));
  });

  it('do no harm beside weights that can be read', async () => {
    await cp(join(FIXTURES, 'gqa-tied/model.safetensors'), join(directory, 'model.safetensors'));
    await writeFile(join(directory, 'optimizer.pt'), '');
    const source = await openTensors(directory);
    expect(source.file).toBe('model.safetensors');
    await source.close();
  });
});

describe('a directory', () => {
  it('may hold one GGUF file in place of the others', async () => {
    await cp(join(FIXTURES, 'gguf/gqa-tied.gguf'), join(directory, 'some-name.Q8_0.gguf'));
    const source = await openTensors(directory);
    expect(source.file).toBe('some-name.Q8_0.gguf');
    await source.close();
  });

  it('without weights is refused by the name of the file that is missing', async () => {
    await expectRefusal(/model\.safetensors is missing/);
  });
});
