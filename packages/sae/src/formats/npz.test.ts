import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { decodeNpy } from './npy.ts';
import { decodeNpz } from './npz.ts';

/** An array file as numpy writes it. */
function npy(header: string, body: Uint8Array, version = 1): Uint8Array {
  const text = new TextEncoder().encode(`${header}\n`);
  const start = version === 1 ? 10 : 12;
  const bytes = new Uint8Array(start + text.length + body.length);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), version, 0]);
  if (version === 1) new DataView(bytes.buffer).setUint16(8, text.length, true);
  else new DataView(bytes.buffer).setUint32(8, text.length, true);
  bytes.set(text, start);
  bytes.set(body, start + text.length);
  return bytes;
}

const header = (descr: string, shape: string, order = 'False') =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`;
const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);

describe('an array', () => {
  it('is read in either order, of any float type, at any alignment', () => {
    const matrix = npy(header('<f4', '(2, 3)'), floats(1, 2, 3, 4, 5, 6));
    expect(decodeNpy('a', matrix)).toEqual({ shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) });
    const shifted = new Uint8Array(matrix.length + 3);
    shifted.set(matrix, 3);
    expect(decodeNpy('a', shifted.subarray(3)).data).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
    const fortran = npy(header('<f4', '(2, 3)', 'True'), floats(1, 4, 2, 5, 3, 6));
    expect(decodeNpy('a', fortran).data).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
    const doubles = npy(header('<f8', '(1,)'), new Uint8Array(Float64Array.of(0.1).buffer), 2);
    expect(decodeNpy('a', doubles)).toEqual({ shape: [1], data: Float64Array.of(0.1) });
    const half = npy(header('<f2', '()'), Uint8Array.of(0x00, 0x3e));
    expect(decodeNpy('a', half)).toEqual({ shape: [], data: Float32Array.of(1.5) });
  });

  it.each([
    ['of Python objects', npy(header('|O', '(1,)'), floats(0, 0)), /Python objects, which is a pickle/],
    ['of integers', npy(header('<i8', '(1,)'), floats(0, 0)), /type <i8; readable are <f2, <f4, <f8/],
    ['of big-endian floats', npy(header('>f4', '(2,)'), floats(0, 0)), /type >f4/],
    ['of records', npy("{'descr': [('a', '<f4')], 'shape': (1,)}", floats(0)), /not one of a plain numpy array/],
    ['that runs code', npy("__import__('os').system('true')", floats(0)), /not one of a plain numpy array/],
    ['cut short', npy(header('<f4', '(3,)'), floats(0, 0)), /shape \[3\] and type <f4 has 8 bytes, not 12/],
    ['of endless shape', npy(header('<f4', '(99999999999999999999,)'), floats(0)), /which no dictionary has/],
    ['of version 9', npy(header('<f4', '(1,)'), floats(0), 9), /version 9/],
    ['that is text', new TextEncoder().encode('W_enc,W_dec,b_enc'), /a is no numpy array/],
    ['whose header is longer than it', npy(header('<f4', '(1,)'), floats(0)).subarray(0, 40), /claims a header of/],
  ])('%s is refused', (_, bytes, message) => {
    expect(() => decodeNpy('a', bytes)).toThrow(message);
  });
});

describe('a zip of arrays', () => {
  const array = npy(header('<f4', '(2,)'), floats(1, 2));

  it('gives the wanted ones, packed or not', () => {
    for (const level of [0, 9] as const) {
      const zip = zipSync({ 'a.npy': array, 'b.npy': array, 'other.txt': Uint8Array.of(1) }, { level });
      const { tensors } = decodeNpz('params.npz', zip, ['a', 'b', 'c']);
      expect(tensors).toEqual({
        a: { shape: [2], data: Float32Array.of(1, 2) },
        b: { shape: [2], data: Float32Array.of(1, 2) },
      });
    }
  });

  it('names the file and the array that is wrong', () => {
    const zip = zipSync({ 'a.npy': npy(header('|O', '(1,)'), floats(0)) });
    expect(() => decodeNpz('params.npz', zip, ['a'])).toThrow(/^params\.npz: a\.npy is an array of Python objects/);
  });

  it('does not unpack what was made to fill memory', () => {
    const zip = zipSync({ 'a.npy': new Uint8Array(4_000_000) }, { level: 9 });
    expect(() => decodeNpz('params.npz', zip, ['a'])).toThrow(/a\.npy claims to unpack to 4000000 bytes/);
  });

  it('gives an array no more memory than it claims', () => {
    const zip = zipSync({ 'a.npy': npy(header('<f4', '(2000,)'), floats(...Array(2000).keys())) }, { level: 9 });
    // The sizes claimed in the central directory: signature PK\x01\x02, the unpacked size 24 bytes on.
    const central = zip.findIndex(
      (byte, at) => byte === 0x50 && zip[at + 1] === 0x4b && zip[at + 2] === 1 && zip[at + 3] === 2,
    );
    new DataView(zip.buffer).setUint32(central + 24, 1000, true);
    expect(() => decodeNpz('params.npz', zip, ['a'])).toThrow(/^params\.npz/);
  });

  it('is refused when it holds too many files, is cut, or is no zip', () => {
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`${i}.npy`, array]));
    expect(() => decodeNpz('params.npz', zipSync(many), ['1'])).toThrow(/params\.npz holds more than 64 files/);
    const zip = zipSync({ 'a.npy': array });
    expect(() => decodeNpz('params.npz', zip.subarray(0, 60), ['a'])).toThrow(/params\.npz is no zip file/);
    expect(() => decodeNpz('params.npz', array, ['a'])).toThrow(/params\.npz is no zip file/);
  });
});
