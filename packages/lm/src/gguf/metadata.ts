import { ModelFormatError } from '../errors.ts';
import type { ByteCursor } from './byte-cursor.ts';

/** A 64-bit integer beyond 2^53 stays a bigint. */
export type MetadataValue = number | bigint | boolean | string | MetadataValue[];

export type Metadata = ReadonlyMap<string, MetadataValue>;

const STRING = 8;
const ARRAY = 9;

/** The value types of a fixed size, by number. */
const SCALARS: Record<number, { bytes: number; read: (view: DataView, offset: number) => MetadataValue }> = {
  0: { bytes: 1, read: (view, at) => view.getUint8(at) },
  1: { bytes: 1, read: (view, at) => view.getInt8(at) },
  2: { bytes: 2, read: (view, at) => view.getUint16(at, true) },
  3: { bytes: 2, read: (view, at) => view.getInt16(at, true) },
  4: { bytes: 4, read: (view, at) => view.getUint32(at, true) },
  5: { bytes: 4, read: (view, at) => view.getInt32(at, true) },
  6: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  7: { bytes: 1, read: (view, at) => view.getUint8(at) !== 0 },
  10: { bytes: 8, read: (view, at) => asNumber(view.getBigUint64(at, true)) },
  11: { bytes: 8, read: (view, at) => asNumber(view.getBigInt64(at, true)) },
  12: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
};

const MAX_DEPTH = 4;
/** Elements of all arrays together: three lists of the largest vocabularies have about 1.5 million. */
const MAX_ELEMENTS = 8_000_000;

/** Reads the key–value pairs. Throws ModelFormatError naming file and key. */
export function parseMetadata(cursor: ByteCursor, nPairs: number, file: string): Map<string, MetadataValue> {
  const budget = { elements: MAX_ELEMENTS };
  const metadata = new Map<string, MetadataValue>();
  for (let i = 0; i < nPairs; i++) {
    const key = cursor.string(`the name of metadata entry ${i}`);
    if (metadata.has(key)) throw new ModelFormatError(`${file}: metadata "${key}" is there twice`, { file, key });
    const type = cursor.uint32(`the type of "${key}"`);
    metadata.set(key, parseValue(cursor, type, { key, file, depth: 0, budget }));
  }
  return metadata;
}

interface Place {
  key: string;
  file: string;
  depth: number;
  budget: { elements: number };
}

function parseValue(cursor: ByteCursor, type: number, at: Place): MetadataValue {
  if (type === STRING) return cursor.string(`"${at.key}"`);
  if (type === ARRAY) return parseArray(cursor, at);
  const scalar = SCALARS[type];
  if (!scalar) throw refusal(at, `has a value of type ${type}, which GGUF does not define`);
  return cursor.value(scalar.bytes, `"${at.key}"`, scalar.read);
}

function parseArray(cursor: ByteCursor, at: Place): MetadataValue[] {
  if (at.depth === MAX_DEPTH) throw refusal(at, `nests more than ${MAX_DEPTH} arrays`);
  const type = cursor.uint32(`the element type of "${at.key}"`);
  const length = cursor.size(`the length of "${at.key}"`);
  at.budget.elements -= length;
  if (at.budget.elements < 0) throw refusal(at, `brings the arrays to more than ${MAX_ELEMENTS} elements`);
  cursor.require(length * smallestBytes(type), `"${at.key}", an array of ${length} elements,`);
  const values: MetadataValue[] = [];
  for (let i = 0; i < length; i++) values.push(parseValue(cursor, type, { ...at, depth: at.depth + 1 }));
  return values;
}

function smallestBytes(type: number): number {
  if (type === STRING) return 8;
  return type === ARRAY ? 12 : (SCALARS[type]?.bytes ?? 1);
}

function asNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function refusal({ file, key }: Place, problem: string): ModelFormatError {
  return new ModelFormatError(`${file}: metadata "${key}" ${problem}`, { file, key });
}
