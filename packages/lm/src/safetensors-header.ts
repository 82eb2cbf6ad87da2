import { isJsonObject, parseJsonObject } from './bounded-file.ts';
import { ModelFormatError } from './errors.ts';

/** Bytes an element takes, for the element types this package reads. */
const ELEMENT_BYTES = { F32: 4, F16: 2, BF16: 2 } as const;

export type ElementType = keyof typeof ELEMENT_BYTES;

/** Where a tensor lies. begin and end are byte offsets from the start of the file's data section, end exclusive. */
export interface TensorEntry {
  name: string;
  dtype: ElementType;
  shape: number[];
  begin: number;
  end: number;
}

/** Checks a safetensors header against the size of the data section that follows it.
 *  Every entry: known dtype, a shape of non-negative integers, a range inside the data, as many bytes as shape and
 *  dtype say; no two ranges overlap. Throws ModelFormatError naming file and tensor. */
export function parseSafetensorsHeader(header: Uint8Array, dataBytes: number, file: string): Map<string, TensorEntry> {
  const entries = new Map<string, TensorEntry>();
  for (const [name, raw] of Object.entries(parseJsonObject(header, file))) {
    if (name !== '__metadata__') entries.set(name, parseEntry(name, raw, { dataBytes, file }));
  }
  refuseOverlaps([...entries.values()], file);
  return entries;
}

function parseEntry(name: string, raw: unknown, at: { dataBytes: number; file: string }): TensorEntry {
  const fail = (problem: string): never => {
    throw new ModelFormatError(`${at.file}: tensor "${name}" ${problem}`, { file: at.file, tensor: name });
  };
  if (!isJsonObject(raw)) return fail('has no description');
  const { dtype, shape, data_offsets: offsets } = raw;
  if (typeof dtype !== 'string' || !Object.hasOwn(ELEMENT_BYTES, dtype)) {
    return fail(`has dtype ${JSON.stringify(dtype)}; supported are ${Object.keys(ELEMENT_BYTES).join(', ')}`);
  }
  if (!Array.isArray(shape) || !shape.every(isSize)) {
    return fail(`has shape ${JSON.stringify(shape)}; expected a list of non-negative integers`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize)) {
    return fail(`has data_offsets ${JSON.stringify(offsets)}; expected two non-negative integers`);
  }
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > at.dataBytes) {
    return fail(`lies at bytes ${begin} to ${end}, outside the file's ${at.dataBytes} bytes of data`);
  }
  const expectedBytes = shape.reduce((product, size) => product * size, ELEMENT_BYTES[dtype as ElementType]);
  if (expectedBytes !== end - begin) {
    return fail(`takes ${end - begin} bytes, but shape [${shape}] of ${dtype} needs ${expectedBytes}`);
  }
  return { name, dtype: dtype as ElementType, shape, begin, end };
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function refuseOverlaps(entries: TensorEntry[], file: string): void {
  const occupied = entries.filter((entry) => entry.end > entry.begin).sort((a, b) => a.begin - b.begin);
  for (let i = 1; i < occupied.length; i++) {
    if (occupied[i].begin < occupied[i - 1].end) {
      const [first, second] = [occupied[i - 1].name, occupied[i].name];
      throw new ModelFormatError(`${file}: tensors "${first}" and "${second}" overlap`, { file, tensor: second });
    }
  }
}
