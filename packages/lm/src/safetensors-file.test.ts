import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ModelFormatError } from './errors.ts';
import { SafetensorsFile } from './safetensors-file.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'safetensors-'));
});

afterAll(() => rm(directory, { recursive: true }));

/** Writes header and data as a file and opens it. declaredBytes: a header length other than the true one. */
async function openFile(header: unknown, data: Uint8Array, declaredBytes?: bigint): Promise<SafetensorsFile> {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(declaredBytes ?? BigInt(json.length));
  const path = join(directory, 'weights.safetensors');
  await writeFile(path, Buffer.concat([length, json, data]));
  return SafetensorsFile.open(path);
}

const entry = (dtype: unknown, shape: unknown, data_offsets: unknown) => ({ dtype, shape, data_offsets });
const bytesOf = (values: Float32Array | Uint16Array) => new Uint8Array(values.buffer);

describe('SafetensorsFile', () => {
  it('reads float32, float16 and bfloat16 exactly, at any alignment', async () => {
    // A bfloat16 pair first, then a float16 triple: the float32 tensor begins at byte 10, which is not a multiple of 4.
    const bfloat16 = Uint16Array.of(0x3fc0, 0xc2f7);
    const float16 = Uint16Array.of(0x3e00, 0x0001, 0xfbff);
    const float32 = Float32Array.of(0.1, -3.5);
    const data = Buffer.concat([bytesOf(bfloat16), bytesOf(float16), bytesOf(float32)]);
    const header = {
      __metadata__: { format: 'pt' },
      half: entry('F16', [3], [4, 10]),
      brain: entry('BF16', [1, 2], [0, 4]),
      full: entry('F32', [2], [10, 18]),
    };
    const file = await openFile(header, data);
    expect([...(await file.read('brain', [1, 2]))]).toEqual([1.5, -123.5]);
    expect([...(await file.read('half', [3]))]).toEqual([1.5, 2 ** -24, -65_504]);
    expect(await file.read('full', [2])).toEqual(float32);
    await file.close();
  });

  it.each([
    ['F16', Uint16Array.of(0x3c00, 0x7c00), 'Infinity'],
    ['BF16', Uint16Array.of(0x3f80, 0xff80), '-Infinity'],
    ['F32', Float32Array.of(1, Number.NaN), 'NaN'],
  ])('refuses a weight of %s that is no finite number', async (dtype, values, shown) => {
    const bytes = bytesOf(values);
    const file = await openFile({ w: entry(dtype, [2], [0, bytes.length]) }, bytes);
    await expect(file.read('w', [2])).rejects.toThrow(`weights.safetensors: tensor "w" holds ${shown} at place 1`);
    await file.close();
  });

  it('refuses a tensor that is absent or of another shape, naming both', async () => {
    const file = await openFile({ w: entry('F32', [2, 1], [0, 8]) }, new Uint8Array(8));
    await expect(file.read('v', [2])).rejects.toThrow(/weights\.safetensors: tensor "v" is missing/);
    await expect(file.read('w', [1, 2])).rejects.toThrow(/tensor "w" has shape \[2,1\].*needs \[1,2\]/);
    await expect(file.read('w', [2])).rejects.toThrow(ModelFormatError);
    await file.close();
  });

  const data = new Uint8Array(16);
  it.each<[string, unknown, RegExp]>([
    [
      'data cut off',
      { w: entry('F32', [8], [0, 32]) },
      /tensor "w" lies at bytes 0 to 32, outside the file's 16 bytes/,
    ],
    ['overlapping tensors', { a: entry('F32', [2], [0, 8]), b: entry('F32', [2], [4, 12]) }, /"a" and "b" overlap/],
    ['a tensor inside another', { a: entry('F32', [4], [0, 16]), b: entry('F32', [1], [4, 8]) }, /"a" and "b" overlap/],
    ['a shape too large for its bytes', { w: entry('F32', [3], [0, 8]) }, /tensor "w" takes 8 bytes.*needs 12/],
    ['sizes whose product overflows', { w: entry('F32', [2 ** 40, 2 ** 40], [0, 8]) }, /tensor "w" takes 8 bytes/],
    [
      'a NaN in the shape',
      '{"w":{"dtype":"F32","shape":[null],"data_offsets":[0,8]}}',
      /tensor "w" has shape \[null\]/,
    ],
    ['a negative size', { w: entry('F32', [-2, -1], [0, 8]) }, /tensor "w" has shape/],
    ['a fractional size', { w: entry('F32', [0.5], [0, 2]) }, /tensor "w" has shape/],
    ['a shape that is no list', { w: entry('F32', '2', [0, 8]) }, /tensor "w" has shape "2"/],
    ['an unknown dtype', { w: entry('I64', [1], [0, 8]) }, /tensor "w" has dtype "I64"/],
    ['a dtype from the prototype', { w: entry('toString', [1], [0, 8]) }, /tensor "w" has dtype "toString"/],
    ['offsets that run backwards', { w: entry('F32', [2], [8, 0]) }, /tensor "w" lies at bytes 8 to 0/],
    ['negative offsets', { w: entry('F32', [2], [-8, 0]) }, /tensor "w" has data_offsets/],
    [
      'a tensor twice',
      '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}, "\\u0061" : {"dtype":"F32","shape":[2],"data_offsets":[8,16]}}',
      /weights\.safetensors: "a" is there twice/,
    ],
    ['lists nested deeply', `{"w":${'['.repeat(5_000)}${']'.repeat(5_000)}}`, /nests more than 64/],
    ['absurdly many lists', `{"w":[${'[],'.repeat(4_000_000)}[]]}`, /holds more values than any model has/],
    ['an entry that is no object', { w: 3 }, /tensor "w" has no description/],
    ['a header that is a list', [], /must hold a JSON object/],
    ['a header that is not JSON', '{"w":', /not valid JSON/],
  ])('refuses %s', async (_what, header, message) => {
    const opening = openFile(header, data);
    await expect(opening).rejects.toThrow(ModelFormatError);
    await expect(opening).rejects.toThrow(message);
  });

  it.each([
    ['longer than the file', 1_000n],
    ['beyond the limit', 100_000_001n],
    ['absurd', 0xffff_ffff_ffff_ffffn],
  ])('refuses a header length that is %s without reading it', async (_what, declared) => {
    await expect(openFile({}, data, declared)).rejects.toThrow(/declares a header of \d+ bytes/);
  });

  it('refuses a file of a few bytes and one that is missing', async () => {
    const path = join(directory, 'tiny.safetensors');
    await writeFile(path, 'abc');
    await expect(SafetensorsFile.open(path)).rejects.toThrow(/tiny\.safetensors has 3 bytes/);
    await expect(SafetensorsFile.open(join(directory, 'none.safetensors'))).rejects.toThrow(
      /none\.safetensors is missing/,
    );
    await expect(SafetensorsFile.open(directory)).rejects.toThrow(/is not a regular file/);
  });
});
