import { SaeFormatError } from '../errors.ts';
import { widenHalves } from '../safetensors.ts';

/** A numpy array in row-major order. */
export interface NpyArray {
  shape: number[];
  data: Float32Array | Float64Array;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** Numpy itself refuses longer headers unless told otherwise. */
const MAX_HEADER_BYTES = 10_000;
const BYTES_PER_ELEMENT: Record<string, number> = { '<f2': 2, '<f4': 4, '<f8': 8 };

/** Reads a float array as `numpy.save` writes it: little-endian, 2 to 8 bytes an element, in C or Fortran order. Arrays of Python
 *  objects are pickles and are refused, as is everything else. `name` is what errors call it. Where the array
 *  is aligned, as numpy aligns it, the result shares its memory. Throws SaeFormatError. Source: NumPy's
 *  NEP 1, versions 1 to 3. */
export function decodeNpy(name: string, bytes: Uint8Array): NpyArray {
  if (bytes.length < 12 || MAGIC.some((byte, at) => bytes[at] !== byte))
    throw new SaeFormatError(`${name} is no numpy array: it does not begin as one`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [version, start] = bytes[6] === 1 ? [1, 10] : [bytes[6], 12];
  if (version < 1 || version > 3)
    throw new SaeFormatError(`${name} is a numpy array of version ${version}, not 1 to 3`);
  const headerBytes = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (headerBytes > MAX_HEADER_BYTES || start + headerBytes > bytes.length)
    throw new SaeFormatError(`${name} claims a header of ${headerBytes} bytes in ${bytes.length}`);
  const { descr, isFortran, shape } = parseHeader(
    name,
    new TextDecoder().decode(bytes.subarray(start, start + headerBytes)),
  );
  if (descr.includes('O'))
    throw new SaeFormatError(
      `${name} is an array of Python objects, which is a pickle: it can run code and is not read`,
    );
  if (!Object.hasOwn(BYTES_PER_ELEMENT, descr))
    throw new SaeFormatError(
      `${name} has type ${descr.slice(0, 40)}; readable are ${Object.keys(BYTES_PER_ELEMENT).join(', ')}`,
    );
  const body = bytes.subarray(start + headerBytes);
  const nBytes = shape.reduce((product, size) => product * size, BYTES_PER_ELEMENT[descr]);
  if (nBytes !== body.length)
    throw new SaeFormatError(`${name} of shape [${shape}] and type ${descr} has ${body.length} bytes, not ${nBytes}`);
  const data = toFloats(body, descr);
  return { shape, data: isFortran && shape.length === 2 ? transposed(data, shape[0], shape[1]) : data };
}

/** The header is a Python dictionary of three entries: read by pattern, never evaluated. */
function parseHeader(name: string, header: string): { descr: string; isFortran: boolean; shape: number[] } {
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  const sizes = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(header)?.[1];
  if (descr === undefined || order === undefined || sizes === undefined)
    throw new SaeFormatError(
      `${name} has a header that is not one of a plain numpy array: ${header.trim().slice(0, 120)}`,
    );
  const shape = sizes
    .split(',')
    .filter((size) => size.trim() !== '')
    .map(Number);
  if (shape.length > 8 || shape.some((size) => !Number.isSafeInteger(size)))
    throw new SaeFormatError(`${name} has shape (${sizes.slice(0, 80)}), which no dictionary has`);
  return { descr, isFortran: order === 'True', shape };
}

function toFloats(body: Uint8Array, descr: string): Float32Array | Float64Array {
  const elementBytes = BYTES_PER_ELEMENT[descr];
  const { buffer, byteOffset } = body.byteOffset % elementBytes === 0 ? body : new Uint8Array(body);
  const length = body.length / elementBytes;
  if (descr === '<f8') return new Float64Array(buffer, byteOffset, length);
  if (descr === '<f4') return new Float32Array(buffer, byteOffset, length);
  return widenHalves(new Uint16Array(buffer, byteOffset, length));
}

/** Column-major [rows, columns] → row-major. */
function transposed<T extends Float32Array | Float64Array>(data: T, rows: number, columns: number): T {
  const result = data.slice() as T;
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) result[r * columns + c] = data[c * rows + r];
  return result;
}
