import type { MetadataValue } from './metadata.ts';

/** A tensor as a test declares it, true or not. */
export interface DeclaredTensor {
  name: string;
  /** Fastest axis first, as in the file. */
  sizes: (number | bigint)[];
  typeId: number;
  offset: number | bigint;
}

export interface DeclaredFile {
  magic?: string;
  version?: number;
  /** Counts other than the true ones. */
  nTensors?: bigint;
  nPairs?: bigint;
  metadata?: Iterable<readonly [string, MetadataValue]>;
  /** Bytes in place of what metadata would give. */
  rawMetadata?: Buffer;
  tensors?: DeclaredTensor[];
  data?: Uint8Array;
  alignment?: number;
}

/** The bytes of a GGUF file that says what a test wants it to say. */
export function ggufBytes(file: DeclaredFile): Buffer {
  const pairs = [...(file.metadata ?? [])];
  const tensors = file.tensors ?? [];
  const header = Buffer.concat([
    Buffer.from(file.magic ?? 'GGUF'),
    uint32(file.version ?? 3),
    uint64(file.nTensors ?? tensors.length),
    uint64(file.nPairs ?? pairs.length),
    file.rawMetadata ?? Buffer.concat(pairs.flatMap(([key, value]) => [text(key), typed(value)])),
    ...tensors.flatMap(({ name, sizes, typeId, offset }) => [
      text(name),
      uint32(sizes.length),
      ...sizes.map(uint64),
      uint32(typeId),
      uint64(offset),
    ]),
  ]);
  const alignment = file.alignment ?? 32;
  const padding = Buffer.alloc((alignment - (header.length % alignment)) % alignment);
  return Buffer.concat([header, padding, file.data ?? Buffer.alloc(0)]);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

export function uint64(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

export function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint64(bytes.length), bytes]);
}

function typed(value: MetadataValue): Buffer {
  const { id, bytes } = encode(value);
  return Buffer.concat([uint32(id), bytes]);
}

function encode(value: MetadataValue): { id: number; bytes: Buffer } {
  if (typeof value === 'string') return { id: 8, bytes: text(value) };
  if (typeof value === 'boolean') return { id: 7, bytes: Buffer.of(value ? 1 : 0) };
  if (Array.isArray(value)) {
    const items = value.map(encode);
    return {
      id: 9,
      bytes: Buffer.concat([uint32(items[0]?.id ?? 8), uint64(items.length), ...items.map((item) => item.bytes)]),
    };
  }
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(Number(value));
  return { id: 12, bytes };
}
