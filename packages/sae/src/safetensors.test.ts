import { describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors, float32Tensor } from './safetensors.ts';

function fileOf(header: unknown, body: Uint8Array): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + body.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(body, 8 + json.length);
  return bytes;
}

it('returns what was stored, bit for bit', () => {
  const tensors = {
    a: { dtype: 'F32' as const, shape: [2, 2], data: Float32Array.of(1, -0, Number.NaN, 1e-45) },
    counters: { dtype: 'F64' as const, shape: [1], data: Float64Array.of(2 ** 53 - 1) },
    empty: { dtype: 'F32' as const, shape: [0, 4], data: new Float32Array(0) },
  };
  const bytes = encodeSafetensors({ tensors, metadata: { note: 'µ' } });
  expect(decodeSafetensors(bytes)).toEqual({ tensors, metadata: { note: 'µ' } });
  // At any alignment of the bytes in a larger buffer.
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  expect(decodeSafetensors(shifted.subarray(3)).tensors).toEqual(tensors);
});

it('aligns the data to 8 bytes', () => {
  const bytes = encodeSafetensors({
    tensors: { abc: { dtype: 'F32', shape: [1], data: Float32Array.of(1) } },
    metadata: {},
  });
  expect(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8).toBe(0);
});

it('widens halves and bfloat16', () => {
  const words = Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7c00, 0x3fc0, 0xc100);
  const body = new Uint8Array(words.buffer);
  const header = {
    h: { dtype: 'F16', shape: [4], data_offsets: [0, 8] },
    b: { dtype: 'BF16', shape: [2], data_offsets: [8, 12] },
  };
  const { tensors } = decodeSafetensors(fileOf(header, body));
  expect([...tensors.h.data]).toEqual([1, -2, 2 ** -24, Number.POSITIVE_INFINITY]);
  expect([...tensors.b.data]).toEqual([1.5, -8]);
});

it('widens integers', () => {
  const body = new Uint8Array(16);
  new DataView(body.buffer).setInt32(0, -7, true);
  new DataView(body.buffer).setInt32(4, 32, true);
  new DataView(body.buffer).setBigInt64(8, -(2n ** 40n), true);
  const header = {
    k: { dtype: 'I32', shape: [2], data_offsets: [0, 8] },
    n: { dtype: 'I64', shape: [], data_offsets: [8, 16] },
  };
  const { tensors } = decodeSafetensors(fileOf(header, body));
  expect([...tensors.k.data, ...tensors.n.data]).toEqual([-7, 32, -(2 ** 40)]);
});

describe('refuses', () => {
  const body = new Uint8Array(8);
  it.each([
    ['a file shorter than its length field', new Uint8Array(3), /at least 8 bytes/],
    [
      'a header longer than the file',
      (() => {
        const b = new Uint8Array(16);
        b[0] = 200;
        return b;
      })(),
      /claims 200 bytes of a file of 16/,
    ],
    [
      'a header beyond any reason',
      (() => {
        const b = new Uint8Array(16);
        b[6] = 1;
        return b;
      })(),
      /claims/,
    ],
    ['a header that is not JSON', fileOf('{', body), /not JSON/],
    ['a header that is a list', fileOf('[]', body), /not a JSON object/],
    ['an unknown type', fileOf({ t: { dtype: 'I8', shape: [8], data_offsets: [0, 8] } }, body), /dtype I8/],
    [
      'offsets past the end',
      fileOf({ t: { dtype: 'F32', shape: [4], data_offsets: [0, 16] } }, body),
      /outside the file's 8/,
    ],
    [
      'offsets in the wrong order',
      fileOf({ t: { dtype: 'F32', shape: [1], data_offsets: [8, 4] } }, body),
      /offsets \[8,4\]/,
    ],
    ['a negative size', fileOf({ t: { dtype: 'F32', shape: [-1, -2], data_offsets: [0, 8] } }, body), /no valid shape/],
    [
      'a shape that does not fit',
      fileOf({ t: { dtype: 'F32', shape: [3], data_offsets: [0, 8] } }, body),
      /does not fit its 8 bytes/,
    ],
    [
      'tensors over the same bytes',
      fileOf(
        {
          t: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
          u: { dtype: 'F32', shape: [1], data_offsets: [4, 8] },
        },
        body,
      ),
      /Tensor u overlaps others/,
    ],
    ['metadata that is not text', fileOf({ __metadata__: { a: 1 } }, body), /metadata/],
  ])('%s', (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes)).toThrow(message);
  });

  it('a missing tensor and another shape, by name', () => {
    const file = decodeSafetensors(fileOf({ t: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } }, body));
    expect(() => float32Tensor(file, 'W_enc', [2])).toThrow(/W_enc/);
    expect(() => float32Tensor(file, 't', [1, 2])).toThrow(/must have shape \[1,2\], but has \[2\]/);
  });
});
