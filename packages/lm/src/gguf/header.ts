import { ModelFormatError } from '../errors.ts';
import { ByteCursor } from './byte-cursor.ts';
import { type Metadata, parseMetadata } from './metadata.ts';
import { TENSOR_TYPES, type TensorType } from './tensor-types.ts';

/** Where a tensor lies. */
export interface GgufTensor {
  name: string;
  type: TensorType;
  /** Slowest axis first: the reverse of the order in the file. */
  shape: number[];
  nElements: number;
  /** Byte offset from the start of the file. */
  begin: number;
  nBytes: number;
}

export interface GgufHeader {
  version: number;
  metadata: Metadata;
  tensors: ReadonlyMap<string, GgufTensor>;
}

/** Bytes of header that are read at most: a vocabulary of 262,144 tokens with its merges takes about 15 MB. */
export const MAX_HEADER_BYTES = 128_000_000;

const MAX_PAIRS = 65_536;
const MAX_TENSORS = 65_536;
const MAX_AXES = 4;
const DEFAULT_ALIGNMENT = 32;

/** Parses the beginning of a GGUF file, version 2 or 3 (github.com/ggml-org/ggml, docs/gguf.md).
 *  bytes: as much of the file as was read. Throws MoreBytesNeeded when that is not enough, and ModelFormatError,
 *  naming file and key or tensor, for a file that contradicts itself or its size. */
export function parseGgufHeader(bytes: Uint8Array, file: { name: string; sizeBytes: number }): GgufHeader {
  const { name } = file;
  const cursor = new ByteCursor(bytes, { ...file, limit: MAX_HEADER_BYTES });
  requireMagic(cursor, name);
  const version = requireVersion(cursor, name);
  const nTensors = requireCount(cursor.size('the number of tensors'), { what: 'tensors', limit: MAX_TENSORS, name });
  const nPairs = requireCount(cursor.size('the number of metadata entries'), {
    what: 'metadata entries',
    limit: MAX_PAIRS,
    name,
  });
  const metadata = parseMetadata(cursor, nPairs, name);
  const alignment = requireAlignment(metadata.get('general.alignment') ?? DEFAULT_ALIGNMENT, name);
  const declared: DeclaredTensor[] = [];
  for (let i = 0; i < nTensors; i++) declared.push(parseTensor(cursor, i, name));
  const dataStart = Math.ceil(cursor.position / alignment) * alignment;
  return { version, metadata, tensors: placeTensors(declared, { ...file, dataStart, alignment }) };
}

function requireMagic(cursor: ByteCursor, file: string): void {
  const magic = cursor.uint32('the magic number');
  // "GGUF" in ASCII.
  if (magic === 0x46554747) return;
  throw new ModelFormatError(`${file} is no GGUF file: it does not begin with "GGUF"`, { file });
}

function requireVersion(cursor: ByteCursor, file: string): number {
  const version = cursor.uint32('the version');
  if (version === 2 || version === 3) return version;
  const reason = (version & 0xffff) === 0 ? 'a big-endian file' : `version ${version}`;
  throw new ModelFormatError(`${file} is ${reason} of GGUF; little-endian versions 2 and 3 are read`, {
    file,
    version,
  });
}

function requireCount(count: number, { what, limit, name }: { what: string; limit: number; name: string }): number {
  if (count <= limit) return count;
  throw new ModelFormatError(`${name} declares ${count} ${what}; the limit is ${limit}`, { file: name, count });
}

function requireAlignment(value: unknown, file: string): number {
  if (typeof value === 'number' && value >= 8 && value <= 65_536 && Number.isInteger(Math.log2(value))) return value;
  throw new ModelFormatError(`${file}: "general.alignment" is ${value}; expected a power of two from 8 to 65536`, {
    file,
    key: 'general.alignment',
  });
}

/** offset: bytes from the start of the data section. */
type DeclaredTensor = Omit<GgufTensor, 'begin'> & { offset: number };

function parseTensor(cursor: ByteCursor, index: number, file: string): DeclaredTensor {
  const name = cursor.string(`the name of tensor ${index}`);
  const fail = (problem: string): never => {
    throw new ModelFormatError(`${file}: tensor "${name}" ${problem}`, { file, tensor: name });
  };
  const nAxes = cursor.uint32(`the number of axes of "${name}"`);
  if (nAxes < 1 || nAxes > MAX_AXES) fail(`has ${nAxes} axes; expected 1 to ${MAX_AXES}`);
  const shape: number[] = [];
  for (let axis = 0; axis < nAxes; axis++) shape.unshift(cursor.size(`a size of "${name}"`));
  const typeId = cursor.uint32(`the type of "${name}"`);
  const offset = cursor.size(`the offset of "${name}"`);
  const supported = [...TENSOR_TYPES.values()].map((known) => known.name).join(', ');
  const type = TENSOR_TYPES.get(typeId) ?? fail(`is of ggml type ${typeId}; supported are ${supported}`);
  const nElements = shape.reduce((product, size) => product * size, 1);
  if (!Number.isSafeInteger(nElements) || nElements < 1) fail(`has shape [${shape}], whose product is ${nElements}`);
  const rowLength = shape[shape.length - 1];
  if (rowLength % type.elements !== 0) {
    fail(`has rows of ${rowLength} values; ${type.name} packs them in blocks of ${type.elements}`);
  }
  return { name, type, shape, nElements, nBytes: (nElements / type.elements) * type.bytes, offset };
}

/** Checks that names are unique and that ranges are aligned, inside the file and disjoint. */
function placeTensors(
  declared: DeclaredTensor[],
  file: { name: string; sizeBytes: number; dataStart: number; alignment: number },
): Map<string, GgufTensor> {
  const tensors = new Map<string, GgufTensor>();
  const fail = (tensor: string, problem: string): never => {
    throw new ModelFormatError(`${file.name}: tensor "${tensor}" ${problem}`, { file: file.name, tensor });
  };
  for (const { offset, ...tensor } of declared) {
    const begin = file.dataStart + offset;
    if (tensors.has(tensor.name)) fail(tensor.name, 'is there twice');
    if (offset % file.alignment !== 0) fail(tensor.name, `lies at offset ${offset}, not aligned to ${file.alignment}`);
    if (begin + tensor.nBytes > file.sizeBytes) {
      fail(tensor.name, `takes bytes ${begin} to ${begin + tensor.nBytes}; the file has ${file.sizeBytes}`);
    }
    tensors.set(tensor.name, { ...tensor, begin });
  }
  const inOrder = [...tensors.values()].sort((a, b) => a.begin - b.begin);
  for (let i = 1; i < inOrder.length; i++) {
    const [before, tensor] = [inOrder[i - 1], inOrder[i]];
    if (tensor.begin < before.begin + before.nBytes) fail(tensor.name, `overlaps tensor "${before.name}"`);
  }
  return tensors;
}
