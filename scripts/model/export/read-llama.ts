import { readFileSync } from 'node:fs';
import { type ModelShape, parameterSlots } from '../transformer/shape.ts';
import { huggingFaceTensors } from './hugging-face-llama.ts';

/** The flat parameter vector of an exported model.safetensors, with float16's rounding: what users of the weights get. */
export function readExportedParameters(path: string, shape: ModelShape): Float32Array {
  const file = readFileSync(path);
  const headerLength = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString('utf8', 8, 8 + headerLength)) as Record<
    string,
    { data_offsets: [number, number] }
  >;
  const slots = parameterSlots(shape);
  const last = slots.at(-1)!;
  // Exporting the vector 0, 1, 2, … tells where each exported entry comes from.
  const flat = new Float32Array(last.offset + last.size);
  const positions = Float32Array.from(flat, (_, index) => index);
  for (const { name, values } of huggingFaceTensors(positions, shape)) {
    const entry = header[name];
    if (!entry) throw new Error(`${path} has no tensor ${name}`);
    const start = 8 + headerLength + entry.data_offsets[0];
    for (let index = 0; index < values.length; index++) {
      flat[values[index]!] = floatOfHalf(file.readUInt16LE(start + 2 * index));
    }
  }
  return flat;
}

function floatOfHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
