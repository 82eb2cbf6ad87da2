import { SaeFormatError } from './errors.ts';

/** A tensor of a safetensors file. F64 carries counters that float32 cannot hold exactly. */
export type StoredTensor =
  | { dtype: 'F32'; shape: number[]; data: Float32Array }
  | { dtype: 'F64'; shape: number[]; data: Float64Array };

export interface Safetensors {
  tensors: Record<string, StoredTensor>;
  metadata: Record<string, string>;
}

/** Bytes that a header may take; the reference implementation allows 100 MB. */
const MAX_HEADER_BYTES = 16 * 2 ** 20;
const MAX_TENSORS = 10_000;
const BYTES_PER_ELEMENT = { F32: 4, F64: 8 } as const;
/** Bytes of an element of the types that are read: halves and bfloat16 are widened to F32, integers to F64. */
const READABLE_BYTES: Record<string, number> = { F32: 4, F64: 8, F16: 2, BF16: 2, I32: 4, I64: 8 };

/** The safetensors format: 8 bytes of header length, a JSON header, the tensors' little-endian bytes in its order.
 *  The header is padded so that the data begins at a multiple of 8. Throws SaeFormatError when a shape does not fit its data. */
export function encodeSafetensors({ tensors, metadata }: Safetensors): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  // Wider types first keeps every tensor aligned to its element size.
  const entries = Object.entries(tensors).sort(
    ([, a], [, b]) => BYTES_PER_ELEMENT[b.dtype] - BYTES_PER_ELEMENT[a.dtype],
  );
  for (const [name, { dtype, shape, data }] of entries) {
    if (elementCount(shape) !== data.length) {
      throw new SaeFormatError(`Tensor ${name} has ${data.length} values, which do not fit shape [${shape}]`);
    }
    header[name] = { dtype, shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const text = JSON.stringify(header);
  const json = new TextEncoder().encode(text + ' '.repeat((8 - (new TextEncoder().encode(text).length % 8)) % 8));
  const bytes = new Uint8Array(8 + json.length + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  let at = 8 + json.length;
  for (const [, { data }] of entries) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/** Reads what `encodeSafetensors` or the reference implementation wrote; F16 and BF16 are widened to F32, I32 and I64 to F64
 *  (exact up to 2^53). Checks every offset
 *  and shape before it allocates. Throws SaeFormatError. */
export function decodeSafetensors(bytes: Uint8Array): Safetensors {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8)
    throw new SaeFormatError(`A safetensors file has at least 8 bytes, but this one has ${bytes.length}`);
  const headerBytes = Number(view.getBigUint64(0, true));
  if (headerBytes > MAX_HEADER_BYTES || 8 + headerBytes > bytes.length) {
    throw new SaeFormatError(`The safetensors header claims ${headerBytes} bytes of a file of ${bytes.length}`);
  }
  const header = parseHeader(bytes.subarray(8, 8 + headerBytes));
  const body = bytes.subarray(8 + headerBytes);
  const tensors: Record<string, StoredTensor> = {};
  let copiedBytes = 0;
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const stored = checkTensor(name, entry, body.length);
    // Many tensors over the same bytes would take many times the file's memory.
    copiedBytes += stored.offsets[1] - stored.offsets[0];
    if (copiedBytes > body.length)
      throw new SaeFormatError(
        `Tensor ${name} overlaps others: together they have more than the file's ${body.length} bytes`,
      );
    tensors[name] = readTensor(stored, body);
  }
  return { tensors, metadata: readMetadata(header.__metadata__) };
}

/** A float32 tensor of the given shape. Throws SaeFormatError when it is missing or has another shape. */
export function float32Tensor({ tensors }: Safetensors, name: string, shape: number[]): Float32Array {
  const tensor = tensors[name];
  if (tensor?.dtype !== 'F32') throw new SaeFormatError(`The file has no float tensor ${name}`);
  if (tensor.shape.length !== shape.length || tensor.shape.some((size, i) => size !== shape[i])) {
    throw new SaeFormatError(`Tensor ${name} must have shape [${shape}], but has [${tensor.shape}]`);
  }
  return tensor.data;
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new SaeFormatError('The safetensors header is not JSON', { cause: error });
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw new SaeFormatError('The safetensors header is not a JSON object');
  }
  const nTensors = Object.keys(header).length;
  if (nTensors > MAX_TENSORS)
    throw new SaeFormatError(`The safetensors header lists ${nTensors} tensors, more than ${MAX_TENSORS}`);
  return header as Record<string, unknown>;
}

function readMetadata(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null || Object.values(value).some((text) => typeof text !== 'string')) {
    throw new SaeFormatError('The safetensors metadata must map names to strings');
  }
  return value as Record<string, string>;
}

interface CheckedTensor {
  dtype: string;
  shape: number[];
  offsets: number[];
}

function checkTensor(name: string, entry: unknown, bodyBytes: number): CheckedTensor {
  const {
    dtype,
    shape,
    data_offsets: offsets,
  } = (entry ?? {}) as { dtype?: unknown; shape?: unknown; data_offsets?: unknown };
  if (typeof dtype !== 'string' || !Object.hasOwn(READABLE_BYTES, dtype)) {
    throw new SaeFormatError(
      `Tensor ${name} has dtype ${String(dtype)}; readable are ${Object.keys(READABLE_BYTES).join(', ')}`,
    );
  }
  if (!isCounts(shape)) throw new SaeFormatError(`Tensor ${name} has no valid shape`);
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[0] > offsets[1] || offsets[1] > bodyBytes) {
    throw new SaeFormatError(
      `Tensor ${name} has data offsets [${String(offsets)}] outside the file's ${bodyBytes} data bytes`,
    );
  }
  if (elementCount(shape) * READABLE_BYTES[dtype] !== offsets[1] - offsets[0]) {
    throw new SaeFormatError(
      `Tensor ${name} of shape [${shape}] and ${dtype} does not fit its ${offsets[1] - offsets[0]} bytes`,
    );
  }
  return { dtype, shape, offsets };
}

function readTensor({ dtype, shape, offsets }: CheckedTensor, body: Uint8Array): StoredTensor {
  // A copy: aligned, and not tied to the lifetime of the file's buffer. Not slice(), which copies nothing of a Node Buffer.
  const { buffer } = new Uint8Array(body.subarray(offsets[0], offsets[1]));
  if (dtype === 'F64') return { dtype, shape, data: new Float64Array(buffer) };
  if (dtype === 'I32') return { dtype: 'F64', shape, data: Float64Array.from(new Int32Array(buffer)) };
  if (dtype === 'I64') return { dtype: 'F64', shape, data: Float64Array.from(new BigInt64Array(buffer), Number) };
  if (dtype === 'F32') return { dtype, shape, data: new Float32Array(buffer) };
  const widen = dtype === 'BF16' ? widenBfloats : widenHalves;
  return { dtype: 'F32', shape, data: widen(new Uint16Array(buffer)) };
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.length <= 8 && value.every((count) => Number.isSafeInteger(count) && count >= 0);
}

function elementCount(shape: number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** bfloat16 is the upper half of a float32. */
function widenBfloats(words: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(words, (word) => word << 16).buffer);
}

/** A half has 5 exponent and 10 fraction bits. */
export function widenHalves(words: Uint16Array): Float32Array {
  return Float32Array.from(words, (word) => {
    const sign = word & 0x8000 ? -1 : 1;
    const exponent = (word >> 10) & 0x1f;
    const fraction = word & 0x3ff;
    if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}
