import { renameSync, writeFileSync } from 'node:fs';
import { float16Bits } from './float16.ts';

export interface NamedMatrix {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Writes tensors as a float16 safetensors file: uint64 header length, JSON header padded to 8 bytes, data. */
export function writeFloat16Safetensors(path: string, tensors: readonly NamedMatrix[]): void {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let offset = 0;
  for (const { name, shape, values } of tensors) {
    header[name] = { dtype: 'F16', shape, data_offsets: [offset, offset + 2 * values.length] };
    offset += 2 * values.length;
  }
  const json = JSON.stringify(header);
  const headerBytes = Buffer.from(json.padEnd(Math.ceil(json.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(headerBytes.length));
  const data = tensors.map(({ values }) => Buffer.from(Uint16Array.from(values, float16Bits).buffer));
  writeFileSync(`${path}.tmp`, Buffer.concat([length, headerBytes, ...data]));
  renameSync(`${path}.tmp`, path);
}
