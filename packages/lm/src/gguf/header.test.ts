import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ModelFormatError } from '../errors.ts';
import { GgufFile } from './gguf-file.ts';
import { type DeclaredFile, ggufBytes, text, uint32, uint64 } from './write-gguf.testing.ts';

let path: string;

beforeAll(async () => {
  path = join(await mkdtemp(join(tmpdir(), 'gguf-header-')), 'weights.gguf');
});

afterAll(() => rm(join(path, '..'), { recursive: true }));

async function openFile(file: DeclaredFile): Promise<GgufFile> {
  await writeFile(path, ggufBytes(file));
  return GgufFile.open(path);
}

const F32 = 0;
const Q4_0 = 2;
const tensor = (name: string, changes: object = {}) => ({ name, sizes: [8], typeId: F32, offset: 0, ...changes });
/** One metadata entry given as bytes. */
const entry = (key: string, ...bytes: Buffer[]) => ({ nPairs: 1n, rawMetadata: Buffer.concat([text(key), ...bytes]) });
const nested = (depth: number): Buffer =>
  depth === 0 ? Buffer.concat([uint32(4), uint64(0)]) : Buffer.concat([uint32(9), uint64(1), nested(depth - 1)]);

describe('a GGUF header', () => {
  it.each([2, 3])('of version %i is read, at its own alignment', async (version) => {
    const values = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const file = await openFile({
      version,
      alignment: 64,
      metadata: [
        ['general.alignment', 64],
        ['list', ['a', '', '\ufeffβ']],
        ['flag', true],
      ],
      tensors: [tensor('w', { sizes: [4, 2] })],
      data: new Uint8Array(values.buffer),
    });
    expect(await file.read('w', [2, 4])).toEqual(values);
    expect(file.metadata.get('list')).toEqual(['a', '', '\ufeffβ']);
    expect(file.metadata.get('flag')).toBe(true);
    await file.close();
  });

  it.each<[string, DeclaredFile, RegExp]>([
    ['another kind of file', { magic: 'PK\u0003\u0004' }, /weights\.gguf is no GGUF file/],
    ['version 1', { version: 1 }, /weights\.gguf is version 1 of GGUF/],
    ['the other byte order', { version: 3 << 24 }, /is a big-endian file of GGUF/],
    ['absurdly many tensors', { nTensors: 1n << 40n }, /declares 1099511627776 tensors/],
    ['a count beyond 2^53', { nTensors: (1n << 64n) - 1n }, /number of tensors is 18446744073709551615/],
    ['absurdly many metadata entries', { nPairs: 1n << 40n }, /declares 1099511627776 metadata entries/],
    [
      'more entries than there are',
      { nPairs: 3n, data: new Uint8Array(8) },
      /is cut off or damaged: .*metadata entry 1 at byte 37/,
    ],
    [
      'a text of absurd length',
      entry('k', uint32(8), uint64(1n << 50n)),
      /"k" at byte \d+ takes 1125899906842624 bytes/,
    ],
    ['a text beyond the file', entry('k', uint32(8), uint64(1_000)), /"k" at byte \d+ takes 1000 bytes/],
    ['an array of absurd length', entry('k', uint32(9), uint32(4), uint64(1n << 40n)), /"k" brings the arrays to more/],
    ['an array beyond the file', entry('k', uint32(9), uint32(10), uint64(1_000)), /"k", an array of 1000 elements/],
    ['arrays nested deeply', entry('k', uint32(9), nested(30)), /"k" nests more than 4 arrays/],
    ['a value of an unknown type', entry('k', uint32(13)), /"k" has a value of type 13/],
    ['an array of an unknown type', entry('k', uint32(9), uint32(99), uint64(1)), /"k" has a value of type 99/],
    ['a text that is not UTF-8', entry('k', uint32(8), uint64(2), Buffer.of(0xc3, 0x28)), /"k" is not UTF-8/],
    [
      'an entry twice',
      {
        metadata: [
          ['k', 1],
          ['k', 2],
        ],
      },
      /metadata "k" is there twice/,
    ],
    ['an alignment of zero', { metadata: [['general.alignment', 0]] }, /"general\.alignment" is 0/],
    ['an alignment that is no power of two', { metadata: [['general.alignment', 48]] }, /"general\.alignment" is 48/],
    ['a tensor twice', { tensors: [tensor('w'), tensor('w', { offset: 32 })] }, /tensor "w" is there twice/],
    [
      'overlapping tensors',
      { tensors: [tensor('a', { sizes: [16] }), tensor('b', { offset: 32 })] },
      /tensor "b" overlaps tensor "a"/,
    ],
    ['two tensors at one place', { tensors: [tensor('a'), tensor('b')] }, /tensor "b" overlaps tensor "a"/],
    [
      'a tensor beyond the file',
      { tensors: [tensor('w', { offset: 64 })] },
      /tensor "w" takes bytes \d+ to \d+; the file has/,
    ],
    [
      'an offset beyond 2^53',
      { tensors: [tensor('w', { offset: 1n << 60n })] },
      /offset of "w" is 1152921504606846976/,
    ],
    [
      'an offset that is not aligned',
      { tensors: [tensor('w', { offset: 8 })] },
      /tensor "w" lies at offset 8, not aligned to 32/,
    ],
    ['a size of zero', { tensors: [tensor('w', { sizes: [0] })] }, /tensor "w" has shape \[0\], whose product is 0/],
    [
      'sizes whose product overflows',
      { tensors: [tensor('w', { sizes: [2 ** 31, 2 ** 31] })] },
      /tensor "w" has shape \[2147483648,2147483648\]/,
    ],
    [
      'a product that comes back to a small number',
      { tensors: [tensor('w', { sizes: [1n << 33n, 1n << 33n] })] },
      /tensor "w" has shape/,
    ],
    ['no axes', { tensors: [tensor('w', { sizes: [] })] }, /tensor "w" has 0 axes/],
    ['too many axes', { tensors: [tensor('w', { sizes: [1, 1, 1, 1, 1] })] }, /tensor "w" has 5 axes/],
    [
      'a type that is not known',
      { tensors: [tensor('w', { typeId: 16 })] },
      /tensor "w" is of ggml type 16; supported are F32/,
    ],
    [
      'rows that are no whole blocks',
      { tensors: [tensor('w', { sizes: [48], typeId: Q4_0 })] },
      /tensor "w" has rows of 48 values; Q4_0/,
    ],
  ])('that declares %s is refused', async (_what, file, message) => {
    const opening = openFile({ data: new Uint8Array(64), ...file });
    await expect(opening).rejects.toThrow(ModelFormatError);
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.toThrow(/weights\.gguf/);
  });

  it('is read without the memory that a bomb asks for', async () => {
    // 8 million empty texts would be 64 MB of file; this one says so in 100 bytes.
    const before = process.memoryUsage().arrayBuffers;
    await expect(openFile(entry('k', uint32(9), uint32(8), uint64(7_900_000)))).rejects.toThrow(/an array of 7900000/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
  });

  it('is refused wherever the file is cut off', async () => {
    const whole = ggufBytes({
      metadata: [
        ['list', ['some', 'texts']],
        ['general.architecture', 'llama'],
      ],
      tensors: [tensor('w')],
      data: new Uint8Array(32),
    });
    for (let length = 0; length < whole.length; length += 3) {
      await writeFile(path, whole.subarray(0, length));
      await expect(GgufFile.open(path), `${length} bytes`).rejects.toThrow(ModelFormatError);
    }
  });
});

describe('the data of a GGUF file', () => {
  it('is refused with the tensor and the place when it holds a NaN or an infinity', async () => {
    const file = await openFile({
      tensors: [tensor('w'), tensor('q', { sizes: [32], typeId: Q4_0, offset: 32 })],
      data: Buffer.concat([
        new Uint8Array(Float32Array.of(0, 1, Number.NaN, 0, 0, 0, 0, 0).buffer),
        // A scale of infinity, in float16.
        Buffer.of(0x00, 0x7c, ...new Uint8Array(16)),
      ]),
    });
    await expect(file.read('w', [8])).rejects.toThrow(/weights\.gguf: tensor "w" holds NaN at place 2/);
    await expect(file.read('q', [32])).rejects.toThrow(/weights\.gguf: tensor "q" holds -Infinity at place 0/);
    await file.close();
  });

  it('is refused when the file becomes shorter after it was opened', async () => {
    const file = await openFile({ tensors: [tensor('w')], data: new Uint8Array(32) });
    await truncate(path, 80);
    await expect(file.read('w', [8])).rejects.toThrow(/weights\.gguf ended early/);
    await file.close();
  });
});
